#include "loop/loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <exception>
#include <utility>

#include "loop/readiness.hpp"

namespace wireproof {

using boost::system::error_code;

asio::awaitable<void> together(std::vector<asio::awaitable<void>> parts) {
  const auto executor = co_await asio::this_coro::executor;
  std::vector<decltype(asio::co_spawn(executor, std::move(parts.front()), asio::deferred))> running;
  for (auto& part : parts) running.push_back(asio::co_spawn(executor, std::move(part), asio::deferred));
  const auto [order, errors] = co_await asio::experimental::make_parallel_group(std::move(running))
                                   .async_wait(asio::experimental::wait_for_one_error(), asio::use_awaitable);
  for (const std::size_t part : order) {
    if (errors[part]) std::rethrow_exception(errors[part]);
  }
}

asio::awaitable<void> Event::next() {
  error_code ignored;
  co_await timer_.async_wait(into(ignored));
}

Loop::Loop(Timed timed) : timed_(std::move(timed)), due_(context_), event_(context_) {}

void Loop::spawn(asio::awaitable<void> work) {
  asio::co_spawn(context_, std::move(work), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
}

void Loop::each_readable(int descriptor, std::function<void()> take, std::function<bool()> wanted) {
  spawn(watch(descriptor, std::move(take), std::move(wanted)));
}

void Loop::event() {
  if (timed_.deadline() != awaited_) due_.cancel();
  event_.happen();
}

void Loop::run() {
  spawn(keep_time());
  context_.run();
}

asio::awaitable<void> Loop::watch(int descriptor, std::function<void()> take, std::function<bool()> wanted) {
  Readiness readable(context_, descriptor, EPOLLIN);
  for (;;) {
    while (!wanted()) co_await next_event();
    co_await readable.wait();
    if (!wanted()) continue;
    timed_.advance();
    take();
    event();
  }
}

asio::awaitable<void> Loop::keep_time() {
  constexpr Time kLongest = std::chrono::hours(1);
  for (error_code error;;) {
    awaited_ = timed_.deadline();
    due_.expires_after(awaited_ == kNever ? kLongest : std::clamp(awaited_ - now(), Time(0), kLongest));
    co_await due_.async_wait(into(error));
    if (error) continue;
    timed_.advance();
    event();
  }
}

}  // namespace wireproof
