#include "echo/datagram_cutter.hpp"

#include <gmock/gmock.h>

namespace wireproof::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// All datagrams of an input that is read in pieces of so many bytes.
std::vector<std::string> cut(std::optional<std::size_t> block, std::string_view input, std::size_t piece) {
  DatagramCutter cutter(block);
  std::vector<std::string> found;
  for (; !input.empty(); input.remove_prefix(std::min(piece, input.size()))) {
    std::string_view bytes = input.substr(0, piece);
    while (const auto datagram = cutter.next(bytes)) found.push_back(*datagram);
  }
  while (const auto datagram = cutter.rest()) found.push_back(*datagram);
  return found;
}

TEST(DatagramCutter, CutsLinesWithoutTheirEnds) {
  for (const std::size_t piece : {1U, 2U, 100U}) {
    EXPECT_THAT(cut({}, "one\n\ntwo\r\nlast", piece), ElementsAre("one", "", "two", "last"));
    EXPECT_THAT(cut({}, "one\n", piece), ElementsAre("one"));
  }
  EXPECT_THAT(cut({}, "", 1), IsEmpty());
}

TEST(DatagramCutter, CutsBlocksWhateverIsInThem) {
  for (const std::size_t piece : {1U, 2U, 100U}) {
    EXPECT_THAT(cut(4, "a\nbcdef\r\n.", piece), ElementsAre("a\nbc", "def\r", "\n."));
    EXPECT_THAT(cut(4, "abcdefgh", piece), ElementsAre("abcd", "efgh"));
  }
  EXPECT_THAT(cut(4, "", 1), IsEmpty());
}

TEST(DatagramCutter, ALineThatIsTooLongStaysTooLong) {
  const auto found = cut({}, std::string(1 << 20, 'x') + "\nshort\n", 4096);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].size(), 65536U) << "the kernel will refuse it, and the memory is bounded";
  EXPECT_EQ(found[1], "short");
  EXPECT_THAT(cut({}, std::string(kLongestDatagram, 'x'), 4096), ElementsAre(std::string(kLongestDatagram, 'x')));
}

}  // namespace
}  // namespace wireproof::testing
