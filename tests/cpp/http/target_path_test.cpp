// Paths of targets as names of files: what leaves the root is refused, however it is written.

#include "http/target_path.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/fields.hpp"

namespace wireproof::http {
namespace {

struct PathCase {
  std::string target;
  std::string path;  ///< "b|c" or "b|c|/" for a folder; "!": refused
};

std::string told(const Outcome<TargetPath>& outcome) {
  if (std::holds_alternative<Refusal>(outcome)) return "!";
  const auto& path = std::get<TargetPath>(outcome);
  std::string text;
  for (const std::string& name : path.names) text += name + "|";
  return text + (path.is_folder ? "/" : "");
}

TEST(TargetPath, IsNamesBelowTheRoot) {
  const std::vector<PathCase> rows{
      {"/", "/"},
      {"/a", "a|"},
      {"/a/", "a|/"},
      {"/a/b.html?c=/../d", "a|b.html|"},
      {"http://h/a/b", "a|b|"},
      {"http://h", "/"},
      {"http://h?a", "/"},
      {"/a%20b", "a b|"},
      {"/%41", "A|"},
      {"/a+b", "a+b|"},
      {"/%C3%A4", "\xC3\xA4|"},
      {"/%2541", "%41|"},  // undone once
      {"/%252e%252e/a", "%2e%2e|a|"},
      {"/a//b", "a|b|"},
      {"//h/a", "h|a|"},
      {"///", "/"},
      {"/.", "/"},
      {"/./a", "a|"},
      {"/a/.", "a|/"},
      {"/a/b/../c", "a|c|"},
      {"/a/b/%2e%2E/c", "a|c|"},
      {"/a/..", "/"},
      {"/...", "...|"},
      {"/..a", "..a|"},
      {"/..", "!"},
      {"/../a", "!"},
      {"/a/../../b", "!"},
      {"/%2e%2e/a", "!"},
      {"/.%2e/a", "!"},
      {"/..%2fa", "!"},
      {"/a%2fb", "!"},
      {"/a%2Fb", "!"},
      {"/a%5cb", "!"},
      {"/..%5ca", "!"},
      {"/..\\a", "!"},
      {"/a%00", "!"},
      {"/a%00.html", "!"},
      {"/a%0a", "!"},
      {"/a%7f", "!"},
      {"/a%", "!"},
      {"/a%4", "!"},
      {"/a%4g", "!"},
      {"/a%%41", "!"},
      {"*", "!"},
      {"h:80", "!"},
  };
  for (const PathCase& row : rows) EXPECT_EQ(told(parse_target_path(row.target)), row.path) << row.target;
}

TEST(TargetPath, IsWrittenSoThatItIsReadAgain) {
  for (const char* const target : {"/", "/a%20b/c", "/%25/%C3%A4/", "/a%22%3Cb"}) {
    EXPECT_EQ(text_of(std::get<TargetPath>(parse_target_path(target))), target);
  }
  EXPECT_EQ(text_of(std::get<TargetPath>(parse_target_path("//evil.example/.."))), "/");
}

TEST(Html, IsEscaped) {
  EXPECT_EQ(html_escaped("<a href=\"b\">'&'</a>"), "&lt;a href=&quot;b&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  EXPECT_EQ(html_escaped(std::string_view("a\0b\x1B", 4)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
}

TEST(Lists, HaveMembersAsRfc9110S5_6_1Has) {
  std::string_view list = " a ,, \"b,c\\\",d\" ;e, f";
  EXPECT_EQ(take_member(list), "a");
  EXPECT_EQ(take_member(list), "\"b,c\\\",d\" ;e");
  EXPECT_EQ(take_member(list), "f");
  EXPECT_EQ(take_member(list), std::nullopt);
}

}  // namespace
}  // namespace wireproof::http
