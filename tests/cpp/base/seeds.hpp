#pragma once
// How many seeds a test tries.

#include <cstdint>

namespace wireproof::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif

/// A quarter under sanitizers, which make a run several times as dear: what they look for shows in any of them.
constexpr std::uint64_t seeds(std::uint64_t usual) { return kIsSanitized ? usual / 4 : usual; }

}  // namespace wireproof::testing
