#pragma once
// The words of the control socket, one message a packet.

#include <sys/resource.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace wireproof::sandbox {

inline constexpr std::string_view ready_message = "ready";        ///< process 1 of the sandbox lives
inline constexpr std::string_view waiting_message = "waiting";    ///< the program's process waits for "go"
inline constexpr std::string_view executed_message = "executed";  ///< it became the program

/// It could not become the program; `error` is an errno value.
std::string refused_message(int error);
/// The program has ended: raw wait status, processor time in microseconds, largest resident size in KiB.
std::string ended_message(int status, const rusage& used);
/// All processes together passed `bytes` and were killed.
std::string memory_limit_message(std::uint64_t bytes);
/// There are as many processes and threads as there may be.
std::string process_limit_message(std::uint64_t processes);

enum class Request { go, release, unknown };

/// What the harness asks.
Request request_of(std::string_view message);

}  // namespace wireproof::sandbox
