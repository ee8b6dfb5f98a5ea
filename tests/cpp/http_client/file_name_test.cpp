#include "http_client/file_name.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "../base/seeds.hpp"
#include "random/random.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_client {
namespace {

std::string named(std::string_view url) { return file_name_of(url::parse_typed_url(url)); }

TEST(FileNameOfUrl, IsThePathsLastPart) {
  EXPECT_EQ(named("http://h1/a/b.txt?x=/c.txt"), "b.txt");
  EXPECT_EQ(named("http://h1/"), "index.html");
  EXPECT_EQ(named("http://h1/folder/"), "index.html");
  EXPECT_EQ(named("http://h1/my%20file.txt"), "my file.txt");
  EXPECT_EQ(named("http://h1/\xC3\xBC.txt"), "\xC3\xBC.txt");
}

TEST(FileNameOfUrl, StaysInItsFolder) {
  EXPECT_EQ(named("http://h1/..%2F..%2Fetc%2Fpasswd"), "_.._.._etc_passwd");
  EXPECT_EQ(named("http://h1/%2e%2e"), "index.html");
  EXPECT_EQ(named("http://h1/a/.."), "index.html");
  EXPECT_EQ(named("http://h1/..%5C..%5Cboot.ini"), "_..%5C..%5Cboot.ini");
  EXPECT_EQ(named("http://h1/.bashrc"), "_.bashrc");
}

TEST(FileNameOfUrl, HarmsNoTerminal) {
  EXPECT_EQ(named("http://h1/a%1B%5B2Jb%0Ac%00"), "a%1B[2Jb%0Ac%00");
  EXPECT_EQ(named("http://h1/a%E2%80%AEtxt.exe"), "a%E2%80%AEtxt.exe") << "U+202E turns what follows around";
  EXPECT_EQ(named("http://h1/a%FF%C3"), "a%FF%C3");
}

TEST(FileNameOfUrl, IsNotTooLong) {
  const std::string name = named("http://h1/" + std::string(1000, 'a') + ".tar.gz");
  EXPECT_EQ(name.size(), kLongestFileName);
  EXPECT_TRUE(name.ends_with(".gz"));
  std::string accents;
  for (int i = 0; i < 300; ++i) accents += "\xC3\xBC";
  EXPECT_LE(named("http://h1/x" + accents).size(), kLongestFileName);
  EXPECT_EQ(escaped(named("http://h1/x" + accents)), named("http://h1/x" + accents)) << "no character is cut in two";
}

TEST(Disposition, NamesAFile) {
  EXPECT_EQ(file_name_of_disposition("attachment; filename=a.txt"), "a.txt");
  EXPECT_EQ(file_name_of_disposition("attachment; filename=\"a;b \\\"c\\\".txt\"; x=y"), "a;b \"c\".txt");
  EXPECT_EQ(file_name_of_disposition("Inline ; FileName = \"a b\" "), "a b");
  EXPECT_EQ(file_name_of_disposition("attachment; filename=plain; filename*=UTF-8''na%C3%AFve.txt"),
            "na\xC3\xAFve.txt");
  EXPECT_EQ(file_name_of_disposition("attachment; filename*=utf-8'en'a%20b; filename=plain"), "a b");
  EXPECT_EQ(file_name_of_disposition("attachment; filename=plain; filename*=ISO-8859-1''x"), "plain");
}

TEST(Disposition, NamesNoFile) {
  EXPECT_EQ(file_name_of_disposition(""), std::nullopt);
  EXPECT_EQ(file_name_of_disposition("attachment"), std::nullopt);
  EXPECT_EQ(file_name_of_disposition("filename=a"), std::nullopt) << "the first word is the kind";
  EXPECT_EQ(file_name_of_disposition("attachment; filename=\"\""), std::nullopt);
  EXPECT_EQ(file_name_of_disposition("attachment; filename=\"../..\""), std::nullopt);
}

TEST(Disposition, LeavesNoFolder) {
  EXPECT_EQ(file_name_of_disposition("attachment; filename=\"../../etc/passwd\""), "passwd");
  EXPECT_EQ(file_name_of_disposition("attachment; filename=\"/etc/passwd\""), "passwd");
  EXPECT_EQ(file_name_of_disposition("attachment; filename*=UTF-8''..%2F.wgetrc"), "_.wgetrc");
  EXPECT_EQ(file_name_of_disposition("attachment; filename=\"a\x1B[2J\""), "a%1B[2J");
}

TEST(SafeFileName, OfAnythingIsOne) {
  for (std::uint64_t seed = 1; seed <= testing::seeds(20000); ++seed) {
    Random random(seed);
    std::string text;
    static constexpr std::string_view kPieces[] = {"/",    "..",           ".",  "\\",  "a",  "\xC3", "\xC3\xBC",
                                                   "\x1B", "\xE2\x80\xAE", "\n", "%2F", "\"", ";"};
    for (auto pieces = random.below(300); pieces > 0; --pieces) text += kPieces[random.below(std::size(kPieces))];
    const auto disposed = file_name_of_disposition("attachment; filename=\"" + text);
    for (const std::string& name : {safe_file_name(text), disposed.value_or("")}) {
      EXPECT_LE(name.size(), kLongestFileName) << "seed " << seed;
      EXPECT_EQ(name.find('/'), std::string::npos) << "seed " << seed;
      EXPECT_FALSE(name.starts_with('.')) << "seed " << seed;
      EXPECT_EQ(escaped(name), name) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace wireproof::http_client
