#pragma once
// The loop of an ordinary program: coroutines on Asio that wait for descriptors, and for when something is due.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <vector>

#include "loop/clock.hpp"

namespace wireproof {

namespace asio = boost::asio;

/// A completion token: what is awaited tells its error there, and does not throw.
inline auto into(boost::system::error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

/// Runs all of them at the same time. What the first one throws ends the others, and is thrown once they have ended.
asio::awaitable<void> together(std::vector<asio::awaitable<void>> parts);

/// What coroutines wait for: all that wait when it happens go on.
class Event {
 public:
  explicit Event(asio::io_context& context) : timer_(context, asio::steady_timer::time_point::max()) {}

  asio::awaitable<void> next();
  void happen() { timer_.cancel(); }

 private:
  asio::steady_timer timer_;  ///< never due
};

class Loop {
 public:
  /// What a protocol's core has to do at its own times.
  struct Timed {
    std::function<Time()> deadline;  ///< of the next thing to do, on clock(); kNever
    std::function<void()> advance;   ///< does what is due
  };

  Loop() : Loop({[] { return kNever; }, [] {}}) {}
  /// advance() is called when something is due, and before each event.
  explicit Loop(Timed timed);

  asio::io_context& context() { return context_; }
  Time now() const { return clock_.now(); }

  /// Calls `take` whenever the descriptor can be read, while `wanted`, which is asked after each event.
  void each_readable(
      int descriptor, std::function<void()> take, std::function<bool()> wanted = [] { return true; });
  /// Starts a coroutine; what it throws, run() throws.
  void spawn(asio::awaitable<void> work);
  /// Waits for event().
  asio::awaitable<void> next_event() { return event_.next(); }
  /// Something happened that may change what is due and what is wanted.
  void event();

  /// Until stop().
  void run();
  void stop() { context_.stop(); }

 private:
  asio::awaitable<void> watch(int descriptor, std::function<void()> take, std::function<bool()> wanted);
  asio::awaitable<void> keep_time();

  Timed timed_;
  Clock clock_;
  asio::io_context context_;
  asio::steady_timer due_;
  Time awaited_ = kNever;  ///< the deadline that it is set for; each event that changes that cancels it
  Event event_;
};

}  // namespace wireproof
