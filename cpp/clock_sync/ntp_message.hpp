#pragma once
// As much of NTP (RFC 5905) as a client needs that asks for the time now and then.

#include "clock_sync/time_protocol.hpp"

namespace wireproof::clock_sync {

constexpr std::uint16_t kNtpPort = 123;

/// The client's transmit timestamp is the question's id, random: the server sends it back as the origin, and learns
/// nothing of the client's clock.
std::vector<std::uint8_t> ntp_question(std::uint64_t id, Time utc);

/// Of mode 4 (server); extension fields and authenticators behind the header are not looked at.
std::optional<TimeAnswer> ntp_answer(Bytes bytes, Time utc);

/// An NTP timestamp: seconds since 1900 in 32 bits, which begin anew every 136 years (2036, 2172), and their fraction
/// in 32 bits. Of all moments that it may mean, the one nearest to `near`, since 1970.
Time time_of_ntp(std::uint64_t timestamp, Time near);

constexpr TimeProtocol kNtp{ntp_question, ntp_answer};

}  // namespace wireproof::clock_sync
