#include "http_client/gunzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <stdexcept>
#include <string>

#include "../base/seeds.hpp"
#include "random/random.hpp"

namespace wireproof::http_client {
namespace {

/// As zlib's own compressor makes it.
std::string gzipped(std::string bytes) {
  z_stream stream{};
  EXPECT_EQ(::deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(::deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

struct Decoded {
  std::string bytes;
  bool is_good = true;
  bool is_complete = false;
};

/// In pieces of random length.
Decoded decoded(std::string_view bytes, Random& random) {
  Gunzip gunzip;
  Decoded result;
  while (!bytes.empty() && result.is_good) {
    const auto length = std::min<std::size_t>(bytes.size(), 1 + random.below(random.below(2) == 0 ? 8 : 100000));
    result.is_good = gunzip.decode(bytes.substr(0, length), [&](std::string_view piece) { result.bytes += piece; });
    bytes.remove_prefix(length);
  }
  result.is_complete = gunzip.is_complete();
  return result;
}

std::string any_bytes(Random& random) {
  std::string bytes;
  const auto letters = 1 + random.below(256);
  for (auto length = random.below(random.below(10) == 0 ? 200000 : 300); length > 0; --length) {
    bytes += static_cast<char>(random.below(letters));
  }
  return bytes;
}

TEST(Gunzip, GivesBackWhatWasCoded) {
  for (std::uint64_t seed = 1; seed <= testing::seeds(1000); ++seed) {
    Random random(seed);
    const std::string one = any_bytes(random);
    const std::string other = random.below(2) == 0 ? any_bytes(random) : "";
    const std::string coded = gzipped(one) + (other.empty() ? "" : gzipped(other));
    const Decoded result = decoded(coded, random);
    EXPECT_TRUE(result.is_good) << "seed " << seed;
    EXPECT_TRUE(result.is_complete) << "seed " << seed;
    EXPECT_TRUE(result.bytes == one + other) << "seed " << seed;
  }
}

TEST(Gunzip, TellsThatTheEndIsMissing) {
  for (std::uint64_t seed = 1; seed <= testing::seeds(1000); ++seed) {
    Random random(seed);
    const std::string coded = gzipped(any_bytes(random));
    const Decoded result = decoded(std::string_view(coded).substr(0, random.below(coded.size())), random);
    EXPECT_TRUE(result.is_good) << "seed " << seed;
    EXPECT_FALSE(result.is_complete) << "seed " << seed;
  }
}

/// A changed bit is found by the format or by the checksum, but for a few that mean nothing: of the header, and behind
/// the last block.
TEST(Gunzip, TakesNothingDamagedForWhole) {
  std::uint64_t found = 0;
  const std::uint64_t runs = testing::seeds(1000);
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    Random random(seed);
    const std::string bytes = any_bytes(random);
    std::string coded = gzipped(bytes);
    coded[random.below(coded.size())] ^= static_cast<char>(1U << random.below(8));
    const Decoded result = decoded(coded, random);
    EXPECT_TRUE(!result.is_good || !result.is_complete || result.bytes == bytes) << "seed " << seed;
    found += result.is_good && result.is_complete ? 0 : 1;
  }
  EXPECT_GT(found, runs * 8 / 10);
}

TEST(Gunzip, RefusesWhatIsNoGzip) {
  Random random(1);
  EXPECT_FALSE(decoded("hello, this is plain text", random).is_good);
  EXPECT_FALSE(decoded(gzipped("x") + "and more", random).is_good);
  EXPECT_FALSE(decoded("", random).is_complete);
}

TEST(Gunzip, CanBeStoppedInTheMiddleOfABomb) {
  const std::string bomb = gzipped(std::string(50'000'000, '\0'));
  ASSERT_LT(bomb.size(), 100'000U);
  Gunzip gunzip;
  std::size_t taken = 0;
  EXPECT_THROW(gunzip.decode(bomb,
                             [&](std::string_view piece) {
                               taken += piece.size();
                               if (taken > 1'000'000) throw std::length_error("enough");
                             }),
               std::length_error);
  EXPECT_LT(taken, 1'100'000U);
}

}  // namespace
}  // namespace wireproof::http_client
