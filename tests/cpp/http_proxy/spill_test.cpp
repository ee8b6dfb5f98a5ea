// What is held of a body that the store does not take.

#include <gtest/gtest.h>

#include "http_proxy/spill.hpp"

namespace wireproof::http_proxy {
namespace {

TEST(Spill, HoldsTheRestUntilAllHaveReadIt) {
  Spill spill(10);
  EXPECT_FALSE(spill.has(9));
  EXPECT_TRUE(spill.has(10));
  EXPECT_EQ(spill.read(10), "");
  spill.append("abcdef");
  EXPECT_EQ(spill.read(12), "cdef");
  spill.forget(13);
  EXPECT_EQ(spill.read(13), "def");
  EXPECT_EQ(spill.read(12), std::nullopt);
  EXPECT_FALSE(spill.is_end(16));
  spill.end();
  EXPECT_TRUE(spill.is_end(16));
  EXPECT_FALSE(spill.is_end(15));
}

TEST(Spill, IsBounded) {
  Spill spill(0);
  std::size_t taken = 0;
  for (const std::string piece(1000, 'x'); spill.has_room(); taken += piece.size()) spill.append(piece);
  EXPECT_LT(taken, 300'000U);
  spill.forget(taken);
  EXPECT_TRUE(spill.has_room());
}

}  // namespace
}  // namespace wireproof::http_proxy
