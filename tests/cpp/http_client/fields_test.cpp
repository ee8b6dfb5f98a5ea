// What the client reads and writes in single fields.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http_client/authorization.hpp"
#include "http_client/coding.hpp"

namespace wireproof::http_client {
namespace {

TEST(Base64, OfRfc4648) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foob"), "Zm9vYg==");
  EXPECT_EQ(base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64("\xFB\xFF\xFE"), "+//+");
}

TEST(BasicAuthorization, OfRfc7617) {
  EXPECT_EQ(basic_authorization({"Aladdin", "open sesame"}), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  EXPECT_EQ(basic_authorization({"test", "123\xC2\xA3"}), "Basic dGVzdDoxMjPCow==");
  EXPECT_EQ(unfit_for_basic({"a", "b:c"}), "");
  EXPECT_NE(unfit_for_basic({"a:b", "c"}), "");
  EXPECT_NE(unfit_for_basic({"a", "b\nc"}), "");
}

TEST(CodingOf, OfRfc9110) {
  const auto coding = [](const std::string& value) { return coding_of({{"Content-Encoding", value}}, "a"); };
  EXPECT_EQ(coding_of({}, "a"), Coding::none);
  EXPECT_EQ(coding("gzip"), Coding::gzip);
  EXPECT_EQ(coding("X-GZip"), Coding::gzip);
  EXPECT_EQ(coding("identity"), Coding::none);
  EXPECT_EQ(coding("identity, gzip"), Coding::gzip);
  EXPECT_EQ(coding("gzip, gzip"), Coding::unknown);
  EXPECT_EQ(coding("br"), Coding::unknown);
  EXPECT_EQ(coding("deflate"), Coding::unknown);
  EXPECT_EQ(coding_of({{"Content-Encoding", "gzip"}, {"Content-Encoding", "br"}}, "a"), Coding::unknown);
}

TEST(CodingOf, AFileThatIsGzipStaysOne) {
  const http::Fields fields{{"Content-Encoding", "gzip"}, {"Content-Type", "Application/X-GZip; x=y"}};
  EXPECT_EQ(coding_of(fields, "a.tar.gz"), Coding::none);
  EXPECT_EQ(coding_of(fields, "a.tar"), Coding::gzip);
  EXPECT_EQ(coding_of({{"Content-Encoding", "gzip"}, {"Content-Type", "text/plain"}}, "a.gz"), Coding::gzip);
}

}  // namespace
}  // namespace wireproof::http_client
