#include "loop/readiness.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>

#include "text/failure.hpp"

namespace wireproof {

namespace asio = boost::asio;

Readiness::Readiness(asio::io_context& context, int descriptor, std::uint32_t events)
    : instance_(context), wanted_(events) {
  instance_.assign(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{events, {}};
  always_ = ::epoll_ctl(instance_.native_handle(), EPOLL_CTL_ADD, descriptor, &event) != 0;
  if (always_ && errno != EPERM) fail("watch a descriptor", errno);
}

asio::awaitable<std::uint32_t> Readiness::wait() {
  boost::system::error_code ignored;
  if (always_) {
    co_await asio::post(instance_.get_executor(), asio::use_awaitable);
    co_return wanted_;
  }
  epoll_event event{};
  do {
    co_await instance_.async_wait(asio::posix::stream_descriptor::wait_read,
                                  asio::redirect_error(asio::use_awaitable, ignored));
  } while (::epoll_wait(instance_.native_handle(), &event, 1, 0) != 1);
  co_return std::uint32_t{event.events};
}

}  // namespace wireproof
