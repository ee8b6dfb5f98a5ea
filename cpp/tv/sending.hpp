#pragma once
// Joins the pacer to a file, a clock and a socket.

#include <chrono>
#include <cstdint>
#include <string>

#include "base/histogram.hpp"
#include "loop/signals.hpp"
#include "tv/clip_file.hpp"
#include "tv/pacer.hpp"
#include "tv/sender_socket.hpp"

namespace wireproof::tv {

/// How the sending went, beside the socket's own counts. Lateness is the time between a datagram's due time and
/// the moment it was given to the kernel (or taken by it, when it had to wait for room).
struct SendingReport {
  Histogram lateness;
  std::uint64_t late = 0;                 ///< datagrams more than 1 ms late
  std::chrono::nanoseconds elapsed{0};    ///< from the first datagram to the last
  std::chrono::nanoseconds scheduled{0};  ///< the same by the schedule
  std::uint64_t bytes_before_last = 0;
  bool interrupted = false;
  bool refused = false;  ///< ended by a refusal, as asked
  std::string failure;   ///< why the sending broke off, empty when it did not
};

SendingReport send_paced(const ClipFile& file, Pacer pacer, std::size_t payload, SenderSocket& socket,
                         const StopSignals& signals, bool stop_on_refusal);

}  // namespace wireproof::tv
