// Configuration files: what they mean, and which line is told when they mean nothing.

#include <gtest/gtest.h>

#include <string>

#include "ini/ini.hpp"

namespace wireproof::ini {
namespace {

/// "[a]k=v,l=w;[b]".
std::string shape_of(std::string_view text) {
  std::string shape;
  for (const Section& section : parse(text)) {
    shape += '[' + section.name + ']';
    for (const Key& key : section.keys) shape += key.name + '=' + key.value + '@' + std::to_string(key.line) + ' ';
  }
  return shape;
}

struct Wrong {
  const char* name;
  std::string text;
  const char* told;
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

class WrongFiles : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongFiles, AreRefusedWithTheLine) {
  try {
    parse(GetParam().text);
    FAIL() << "it was taken";
  } catch (const IniError& error) {
    EXPECT_EQ(error.in_file("f.ini"), GetParam().told);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Ini, WrongFiles,
    ::testing::Values(
        Wrong{"KeyFirst", "a = b\n", "f.ini:1: key 'a' stands before the first section"},
        Wrong{"NoSign", "[a]\n\nb\n", "f.ini:3: 'b': a key is written as key = value"},
        Wrong{"NoName", "[a]\n = b\n", "f.ini:2: '= b': the key's name is missing"},
        Wrong{"Open", "\r\n[a\r\n", "f.ini:2: '[a': a section is written as [name]"},
        Wrong{"Nameless", "[ ]", "f.ini:1: a section without a name"},
        Wrong{"Behind", "[a] b", "f.ini:1: 'b' stands behind a section's name"},
        Wrong{"KeyTwice", "[a]\nb=1\n\nB=2", "f.ini:4: key 'b' is there twice in [a], first on line 2"},
        Wrong{"SectionTwice", "[a]\nb=1\n[a]\nc=2", "f.ini:3: section [a] is there twice, first on line 1"},
        Wrong{"Control", "[a]\nb = \x1B[2J", "f.ini:2: the line has a control character, U+001B"},
        Wrong{"Zero", std::string("[a]\nb\0= 1", 9), "f.ini:2: the line has a control character, U+0000"},
        Wrong{"BareReturn", "[a]\rb = 1\n", "f.ini:1: the line has a control character, U+000D"},
        Wrong{"NoUtf8", "[a]\nb = \xFF", "f.ini:2: the line is not UTF-8"},
        Wrong{"Utf16", std::string("\xFF\xFE[\0a\0]\0", 8), "f.ini:1: the line is not UTF-8"},
        Wrong{"LongLine", "[a]\nb = " + std::string(5000, 'x'), "f.ini:2: the line has more than 4096 bytes"},
        Wrong{"Long", std::string(2 * 1024 * 1024, '\n'), "f.ini: the file has more than 1048576 bytes"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Ini, HasSectionsOfKeysWithTheirLines) {
  EXPECT_EQ(shape_of("[nodo1]\nhost = 127.0.0.1\nport = 8001\n\n[nodo2]\nhost=::1\n"),
            "[nodo1]host=127.0.0.1@2 port=8001@3 [nodo2]host=::1@6 ");
}

TEST(Ini, TakesBlanksCaseAndBothSigns) {
  EXPECT_EQ(shape_of("\t[ a b ] ; one\n\tHost :  x y \nQ=\n"), "[a b]host=x y@2 q=@3 ");
}

TEST(Ini, HasCommentsOnLinesOfTheirOwnAlone) {
  EXPECT_EQ(shape_of("# one\n ; two\n[a]\n#b = c\nd = e ; f # g\n"), "[a]d=e ; f # g@5 ");
}

TEST(Ini, IsTheSameWithAByteOrderMarkAndOtherLineEnds) {
  EXPECT_EQ(shape_of("\xEF\xBB\xBF[\xC3\xB1]\r\na = \xC3\xA9\r\nb = 2"),
            "[\xC3\xB1]"
            "a=\xC3\xA9@2 b=2@3 ");
}

TEST(Ini, MayBeEmpty) { EXPECT_EQ(shape_of(""), ""); }

TEST(Ini, IsBounded) {
  std::string sections;
  for (int i = 0; i < 1025; ++i) sections += "[s" + std::to_string(i) + "]\n";
  EXPECT_THROW(parse(sections), IniError);
  std::string keys = "[a]\n";
  for (int i = 0; i < 257; ++i) keys += "k" + std::to_string(i) + "=\n";
  EXPECT_THROW(parse(keys), IniError);
}

}  // namespace
}  // namespace wireproof::ini
