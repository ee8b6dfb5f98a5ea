#include "echo/datagram_exchange.hpp"

#include <string.h>

#include <algorithm>
#include <cerrno>

#include "base/writing.hpp"
#include "command_line/program.hpp"
#include "echo/datagram_cutter.hpp"
#include "loop/readiness.hpp"
#include "loop/stream.hpp"

namespace wireproof {
namespace {

constexpr std::size_t kMostShown = 64;    ///< bytes of a datagram that is no reply
constexpr std::uint64_t kMostTold = 100;  ///< datagrams that nobody waits for

class DatagramExchange {
 public:
  DatagramExchange(UdpSocket& socket, const std::string& peer, const Source& source, int output,
                   const DatagramExchangeOptions& options)
      : socket_(socket),
        peer_(peer),
        source_(source),
        output_(output),
        options_(options),
        pairing_(options.patience),
        loop_({[this] { return std::min(pairing_.deadline(), lingers_until_); }, [this] { give_up(); }}),
        writable_(loop_.context(), socket.descriptor(), EPOLLOUT),
        reply_end_(source.descriptor >= 0 && !options.block ? "\n" : "") {}

  DatagramsExchanged run() {
    loop_.each_readable(socket_.descriptor(), [this] { receive(); });
    loop_.spawn(talk());
    loop_.run();
    return {pairing_.counts(), unsendable_};
  }

 private:
  asio::awaitable<void> talk() {
    if (source_.descriptor < 0) {
      co_await ask(source_.text);
    } else {
      DatagramCutter cutter(options_.block);
      Stream input(loop_, {source_.descriptor, -1, "read what to send", ""});
      for (bool ended = false; !ended;) {
        std::string_view bytes = co_await input.read();
        ended = bytes.empty();
        while (const auto datagram = ended ? cutter.rest() : cutter.next(bytes)) co_await ask(*datagram);
      }
    }
    co_await linger();
    loop_.stop();
  }

  asio::awaitable<void> ask(std::string_view bytes) {
    const Time now = loop_.now();
    int error = 0;
    while ((error = send(bytes)) == EAGAIN) co_await writable_.wait();
    if (error == EMSGSIZE) {
      say("{}: a datagram of {} bytes: {}", peer_, bytes.size(), ::strerror(error));
      ++unsendable_;
      co_return;
    }
    if (error != 0) fail(fmt::format("send to {}", peer_), error);
    pairing_.sent(now, bytes);
    loop_.event();  // there is another deadline now
    while (pairing_.waits()) co_await loop_.next_event();
  }

  /// What the network tells of an earlier datagram fails the next send, which then has not been tried.
  int send(std::string_view bytes) {
    const int error = socket_.send(bytes);
    if (error == 0 || error == EAGAIN || error == EMSGSIZE) return error;
    refuse(error);
    return socket_.send(bytes);
  }

  asio::awaitable<void> linger() {
    if (!options_.linger && pairing_.counts().lost() == 0) co_return;
    lingers_until_ = loop_.now() + options_.linger.value_or(options_.patience);
    loop_.event();
    while (loop_.now() < lingers_until_ && (options_.linger || pairing_.counts().lost() > 0)) {
      co_await loop_.next_event();
    }
  }

  void receive() {
    int error = 0;
    const auto datagram = socket_.receive(error);
    if (error != 0) return refuse(error);
    if (!datagram) return;
    const Reply reply = pairing_.received(loop_.now(), datagram->bytes);
    switch (reply.kind) {
      case ReplyKind::answer:
        if (const int failure = write_all(output_, std::string(datagram->bytes) + reply_end_); failure != 0) {
          fail("write what came back", failure);
        }
        break;
      case ReplyKind::late:
        say("{}: the reply to datagram {} came late, after {:.3f} s", peer_, reply.number, in_seconds(reply.after));
        break;
      case ReplyKind::doubled:
        if (tells_more()) say("{}: the reply to datagram {} came twice", peer_, reply.number);
        break;
      case ReplyKind::unknown:
        if (tells_more()) {
          const bool whole = datagram->length <= kMostShown;
          say("{}: {} bytes that are no reply: '{}'{}", peer_, datagram->length,
              printable(datagram->bytes.substr(0, kMostShown)), whole ? "" : " …");
        }
    }
  }

  /// A peer may send as many as it likes: they are counted all the same.
  bool tells_more() {
    if (told_ == kMostTold) say("{}: of more such datagrams only the number is told, at the end", peer_);
    return told_++ < kMostTold;
  }

  void refuse(int error) {
    socket_.forget_errors();
    const auto number = pairing_.refused();
    if (number) say("{}: datagram {}: {}", peer_, *number, ::strerror(error));
  }

  void give_up() {
    if (const auto number = pairing_.advance(loop_.now())) {
      say("{}: no reply to datagram {} within {} s", peer_, *number, in_seconds(options_.patience));
    }
  }

  UdpSocket& socket_;
  const std::string& peer_;
  const Source& source_;
  int output_;
  const DatagramExchangeOptions& options_;
  ReplyPairing pairing_;
  Time lingers_until_ = kNever;
  Loop loop_;
  Readiness writable_;
  const char* reply_end_;
  std::uint64_t unsendable_ = 0;
  std::uint64_t told_ = 0;  ///< datagrams that nobody waits for
};

}  // namespace

DatagramsExchanged exchange_datagrams(UdpSocket& socket, const std::string& peer, const Source& source, int output,
                                      const DatagramExchangeOptions& options) {
  return DatagramExchange(socket, peer, source, output, options).run();
}

}  // namespace wireproof
