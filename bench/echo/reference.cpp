// What our servers are held against: echo over TCP and UDP by Boost.Asio's callbacks, in one thread, and nothing else.
//
//     reference PORT

#include <array>
#include <boost/asio.hpp>
#include <cstdlib>
#include <memory>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using Error = boost::system::error_code;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  explicit Connection(tcp::socket socket) : socket_(std::move(socket)) {}

  void read() {
    socket_.async_read_some(asio::buffer(bytes_), [self = shared_from_this()](Error error, std::size_t length) {
      if (!error) self->write(length);
    });
  }

 private:
  void write(std::size_t length) {
    asio::async_write(socket_, asio::buffer(bytes_, length), [self = shared_from_this()](Error error, std::size_t) {
      if (!error) self->read();
    });
  }

  tcp::socket socket_;
  std::array<char, 16384> bytes_;
};

void accept(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](Error error, tcp::socket socket) {
    if (!error) {
      socket.set_option(tcp::no_delay(true));
      std::make_shared<Connection>(std::move(socket))->read();
    }
    accept(acceptor);
  });
}

struct Datagrams {
  udp::socket socket;
  udp::endpoint from{};
  std::array<char, 65536> bytes{};

  void receive() {
    socket.async_receive_from(asio::buffer(bytes), from, [this](Error error, std::size_t length) {
      if (!error) socket.send_to(asio::buffer(bytes, length), from, 0, error);
      receive();
    });
  }
};

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto port = static_cast<unsigned short>(std::atoi(argv[1]));
  asio::io_context context(1);
  tcp::acceptor acceptor(context, {tcp::v4(), port});
  Datagrams datagrams{udp::socket(context, {udp::v4(), port})};
  accept(acceptor);
  datagrams.receive();
  context.run();
}
