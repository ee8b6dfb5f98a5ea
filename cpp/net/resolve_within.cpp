#include "net/resolve_within.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cerrno>
#include <exception>
#include <memory>
#include <thread>
#include <utility>

#include "loop/file_descriptor.hpp"
#include "loop/loop.hpp"
#include "loop/readiness.hpp"
#include "net/resolve.hpp"
#include "text/failure.hpp"

namespace wireproof {

/// In no unnamed namespace, since a coroutine's frame has one.
struct AddressLookup {
  FileDescriptor done{::eventfd(0, EFD_CLOEXEC)};
  std::vector<Address> found{};
  std::exception_ptr error{};
};

boost::asio::awaitable<std::optional<std::vector<Address>>> resolve_within(boost::asio::io_context& context,
                                                                           std::string host, std::uint16_t port,
                                                                           Time patience) {
  using namespace boost::asio::experimental::awaitable_operators;
  const auto lookup = std::make_shared<AddressLookup>();
  if (!lookup->done.is_open()) fail("look up an address", errno);
  std::thread([lookup, host = std::move(host), port] {
    try {
      lookup->found = resolve(host, port);
    } catch (...) {
      lookup->error = std::current_exception();
    }
    const std::uint64_t one = 1;
    static_cast<void>(::write(lookup->done.get(), &one, sizeof one));
  }).detach();
  Readiness ready(context, lookup->done.get(), EPOLLIN);
  asio::steady_timer timer(context, asio::steady_timer::time_point::max());
  if (patience != kNever) timer.expires_after(patience);
  boost::system::error_code ignored;
  const auto first = co_await (ready.wait() || timer.async_wait(into(ignored)));
  if (first.index() == 1) co_return std::nullopt;
  if (lookup->error) std::rethrow_exception(lookup->error);
  co_return std::move(lookup->found);
}

}  // namespace wireproof
