// What a server of files answers, by files that exist in memory only.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "http_server/answer.hpp"
#include "http_serving/access_log.hpp"

namespace wireproof::http_server {
namespace {

using http::Fields;
using http::RequestHead;
using http::Seconds;
using http::Version;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Seconds kChanged(784111777);
constexpr Seconds kNow(1796000000);
constexpr const char* kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

/// By their paths, without a slash before; a folder's ends with one.
class TestFiles : public Files {
 public:
  void add(const std::string& path, std::uint64_t size = 0, Seconds modified = kChanged) {
    auto file = std::make_shared<File>();
    file->kind = path.ends_with('/') || path.empty() ? Kind::folder : Kind::file;
    file->size = size;
    file->modified = modified;
    files_[path.ends_with('/') ? path.substr(0, path.size() - 1) : path] = file;
  }
  Found open(const std::vector<std::string>& names) override {
    const std::string path = joined(names);
    if (path == "secret") return {nullptr, Missing::forbidden};
    const auto found = files_.find(path);
    return found == files_.end() ? Found{} : Found{found->second};
  }
  std::optional<std::vector<Entry>> list(const std::vector<std::string>& names) override {
    std::vector<Entry> entries;
    const std::string folder = names.empty() ? "" : joined(names) + "/";
    for (const auto& [path, file] : files_) {
      if (path.empty() || !path.starts_with(folder) || path.size() == folder.size()) continue;
      const std::string name = path.substr(folder.size());
      if (name.find('/') == std::string::npos) entries.push_back({name, file->kind, file->size, file->modified});
    }
    return entries;
  }

 private:
  static std::string joined(const std::vector<std::string>& names) {
    std::string path;
    for (const std::string& name : names) path += (path.empty() ? "" : "/") + name;
    return path;
  }
  std::map<std::string, FilePointer> files_;
};

class SiteTest : public ::testing::Test {
 protected:
  SiteTest() {
    files_.add("", 0);
    files_.add("index.html", 100);
    files_.add("a.txt", 10);
    files_.add("empty.bin", 0);
    files_.add("style.css", 1000);
    files_.add("style.css.gz", 300);
    files_.add("style.css.br", 200);
    files_.add("old.js", 1000);
    files_.add("old.js.gz", 300, kChanged - Seconds(1));
    files_.add("sub/");
    files_.add("sub/<b>&.txt", 5);
    files_.add("sub/.hidden", 5);
    files_.add("sub/deep/");
    files_.add("new.txt", 5, kNow + Seconds(1000));
  }

  Answer get(const std::string& target, const Fields& fields = {}, const std::string& method = "GET") {
    return site_.answer({method, target, Version::http11, fields}, {kNow, "BOUNDARY"});
  }
  static std::string text(const Answer& answer) {
    std::string text;
    for (const Piece& piece : answer.pieces) {
      text += piece.file ? fmt::format("<{}+{}>", piece.offset, piece.length) : piece.text;
    }
    return text;
  }
  static std::string field(const Answer& answer, std::string_view name) {
    return answer.head.fields.joined(name).value_or("none");
  }

  TestFiles files_;
  Pages pages_;
  Site site_{files_, pages_};
};

TEST_F(SiteTest, SendsAFileWithItsValidators) {
  const Answer answer = get("/a.txt");
  EXPECT_EQ(answer.head.status, 200U);
  EXPECT_EQ(text(answer), "<0+10>");
  EXPECT_EQ(answer.size(), 10U);
  EXPECT_EQ(field(answer, "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(field(answer, "Last-Modified"), kDate);
  EXPECT_THAT(field(answer, "ETag"), ::testing::MatchesRegex("\"[0-9a-f]+-a\""));
  EXPECT_EQ(field(answer, "Accept-Ranges"), "bytes");
  EXPECT_EQ(get("/empty.bin").size(), 0U);
  EXPECT_EQ(get("/empty.bin").head.status, 200U);
}

TEST_F(SiteTest, NeverTellsAChangeInTheFuture) {  // RFC 9110, 8.8.2.1
  EXPECT_EQ(field(get("/new.txt"), "Last-Modified"), http::http_date(kNow));
}

TEST_F(SiteTest, AnswersHeadAsGet) {  // 9.3.2
  const Answer head = get("/a.txt", {{"Range", "bytes=0-1"}}, "HEAD");
  EXPECT_EQ(head.head.status, 200U);
  EXPECT_EQ(head.head.fields, get("/a.txt").head.fields);
  EXPECT_EQ(head.size(), 10U);
}

TEST_F(SiteTest, KnowsMethods) {  // 9.1, 15.5.6
  for (const char* const method : {"POST", "PUT", "DELETE", "CONNECT", "TRACE", "PATCH"}) {
    const Answer answer = get("/a.txt", {}, method);
    EXPECT_EQ(answer.head.status, 405U) << method;
    EXPECT_EQ(field(answer, "Allow"), "GET, HEAD, OPTIONS") << method;
  }
  EXPECT_EQ(get("/a.txt", {}, "BREW").head.status, 501U);
  EXPECT_EQ(get("/a.txt", {}, "get").head.status, 501U);
  EXPECT_EQ(get("*", {}, "OPTIONS").head.status, 204U);
  EXPECT_EQ(field(get("*", {}, "OPTIONS"), "Allow"), "GET, HEAD, OPTIONS");
}

TEST_F(SiteTest, KnowsOneExpectation) {  // 10.1.1
  EXPECT_EQ(get("/a.txt", {{"Expect", "100-Continue"}}).head.status, 200U);
  EXPECT_EQ(get("/a.txt", {{"Expect", "tea"}}).head.status, 417U);
}

TEST_F(SiteTest, AnswersConditions) {  // 13
  const std::string tag = field(get("/a.txt"), "ETag");
  const Answer same = get("/a.txt", {{"If-None-Match", tag}});
  EXPECT_EQ(same.head.status, 304U);
  EXPECT_EQ(same.size(), 0U);
  EXPECT_EQ(field(same, "ETag"), tag);
  EXPECT_EQ(field(same, "Vary"), "Accept-Encoding");
  EXPECT_EQ(get("/a.txt", {{"If-Modified-Since", kDate}}).head.status, 304U);
  EXPECT_EQ(get("/a.txt", {{"If-Match", "\"other\""}}).head.status, 412U);
  EXPECT_EQ(get("/a.txt", {{"If-None-Match", "\"other\""}, {"If-Modified-Since", kDate}}).head.status, 200U);
}

TEST_F(SiteTest, SendsRanges) {  // 14
  const Answer one = get("/a.txt", {{"Range", "bytes=2-3"}});
  EXPECT_EQ(one.head.status, 206U);
  EXPECT_EQ(text(one), "<2+2>");
  EXPECT_EQ(field(one, "Content-Range"), "bytes 2-3/10");
  const Answer none = get("/a.txt", {{"Range", "bytes=10-"}});
  EXPECT_EQ(none.head.status, 416U);
  EXPECT_EQ(field(none, "Content-Range"), "bytes */10");
  EXPECT_EQ(get("/a.txt", {{"Range", "lines=2-3"}}).head.status, 200U);
  EXPECT_EQ(get("/a.txt", {{"Range", "bytes=2-3"}, {"If-Range", "\"other\""}}).head.status, 200U);
  EXPECT_EQ(get("/a.txt", {{"Range", "bytes=2-3"}, {"If-Range", field(one, "ETag")}}).head.status, 206U);
  EXPECT_EQ(get("/a.txt", {{"Range", "bytes=0-"}, {"If-None-Match", "*"}}).head.status, 304U);
}

TEST_F(SiteTest, SendsSeveralRangesAsParts) {  // 14.6
  const Answer answer = get("/style.css", {{"Range", "bytes=0-1,-2"}});
  EXPECT_EQ(answer.head.status, 206U);
  EXPECT_EQ(field(answer, "Content-Type"), "multipart/byteranges; boundary=BOUNDARY");
  EXPECT_EQ(field(answer, "Content-Range"), "none");
  EXPECT_EQ(
      text(answer),
      "--BOUNDARY\r\nContent-Type: text/css; charset=utf-8\r\nContent-Range: bytes 0-1/1000\r\n\r\n<0+2>"
      "\r\n--BOUNDARY\r\nContent-Type: text/css; charset=utf-8\r\nContent-Range: bytes 998-999/1000\r\n\r\n<998+2>"
      "\r\n--BOUNDARY--\r\n");
}

TEST_F(SiteTest, SendsWhatLiesThereCompressed) {  // 8.4, 12.5.3, 12.5.5
  const Answer plain = get("/style.css");
  EXPECT_EQ(field(plain, "Content-Encoding"), "none");
  EXPECT_EQ(field(plain, "Vary"), "Accept-Encoding");
  const Answer gzip = get("/style.css", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(field(gzip, "Content-Encoding"), "gzip");
  EXPECT_EQ(field(gzip, "Content-Type"), "text/css; charset=utf-8");
  EXPECT_EQ(field(gzip, "Vary"), "Accept-Encoding");
  EXPECT_EQ(text(gzip), "<0+300>");
  EXPECT_NE(field(gzip, "ETag"), field(plain, "ETag"));
  EXPECT_EQ(text(get("/style.css", {{"Accept-Encoding", "gzip, br"}})), "<0+200>");
  EXPECT_EQ(text(get("/style.css", {{"Accept-Encoding", "gzip;q=0"}})), "<0+1000>");
  EXPECT_EQ(text(get("/style.css", {{"Accept-Encoding", "gzip"}, {"Range", "bytes=0-0"}})), "<0+1>");
  EXPECT_EQ(text(get("/old.js", {{"Accept-Encoding", "gzip"}})), "<0+1000>") << "the sibling is older than the file";
  EXPECT_EQ(field(get("/style.css.gz", {{"Accept-Encoding", "gzip"}}), "Content-Encoding"), "none");
}

TEST_F(SiteTest, SendsAFoldersIndexOrWhatIsInIt) {
  EXPECT_EQ(text(get("/")), "<0+100>");
  EXPECT_EQ(get("/").head.status, 200U);
  const Answer page = get("/sub/");
  EXPECT_EQ(page.head.status, 200U);
  EXPECT_THAT(text(page), HasSubstr("<a href=\"%3Cb%3E%26.txt\">&lt;b&gt;&amp;.txt</a>"));
  EXPECT_THAT(text(page), HasSubstr("<a href=\"deep/\">deep/</a>"));
  EXPECT_THAT(text(page), Not(HasSubstr("hidden")));
  EXPECT_THAT(text(page), Not(HasSubstr("<b>")));
}

TEST_F(SiteTest, SendsFoldersOnToTheirSlash) {
  const Answer answer = get("/sub?a=b");
  EXPECT_EQ(answer.head.status, 301U);
  EXPECT_EQ(field(answer, "Location"), "/sub/?a=b");
  EXPECT_EQ(field(get("//sub"), "Location"), "/sub/") << "two slashes would be another host";
  EXPECT_EQ(get("/a.txt/").head.status, 404U);
}

TEST_F(SiteTest, HasPagesForWhatIsNotThere) {
  const Answer answer = get("/<script>");
  EXPECT_EQ(answer.head.status, 404U);
  EXPECT_THAT(text(answer), HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(text(answer), Not(HasSubstr("<script>")));
  EXPECT_THAT(text(answer), Not(HasSubstr("{{")));
  EXPECT_THAT(text(answer), HasSubstr("prefers-color-scheme"));
  EXPECT_THAT(text(answer), HasSubstr("width=device-width"));
  EXPECT_THAT(text(answer), Not(::testing::ContainsRegex("(src|href)=\"(https?:)?//")));
  EXPECT_EQ(get("/secret").head.status, 403U);
  EXPECT_EQ(get("/%2e%2e/a").head.status, 400U);
  const Pages own("<p>{{target}} {{target}}</p>");
  EXPECT_EQ(text(Site(files_, own).answer({"GET", "/x", Version::http11, {}}, {kNow, ""})), "<p>/x /x</p>");
}

TEST(AccessLog, HasLinesInTheCombinedFormat) {
  EXPECT_EQ(http_serving::log_line({"::1", kChanged, "GET /a HTTP/1.1", 200, 10, "http://h/", "curl/8"}),
            "::1 - - [06/Nov/1994:08:49:37 +0000] \"GET /a HTTP/1.1\" 200 10 \"http://h/\" \"curl/8\"\n");
  EXPECT_EQ(http_serving::log_line({"::1", kChanged, "", 400, 0}),
            "::1 - - [06/Nov/1994:08:49:37 +0000] \"-\" 400 0 \"-\" \"-\"\n");
  EXPECT_THAT(http_serving::log_line({"::1", kChanged, "GET /\"\\ HTTP/1.1", 200, 0, "\t\n", "\x1B[2J\xC3\xA4"}),
              HasSubstr("\"GET /\\x22\\x5C HTTP/1.1\" 200 0 \"\\x09\\x0A\" \"\\x1B[2J\\xC3\\xA4\"\n"));
}

}  // namespace
}  // namespace wireproof::http_server
