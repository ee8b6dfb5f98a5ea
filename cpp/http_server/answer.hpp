#pragma once
// What a server of files answers to a request (RFC 9110). Pure: time and chance are handed in.

#include <cstdint>
#include <string>
#include <vector>

#include "http/date.hpp"
#include "http/message.hpp"
#include "http_server/file.hpp"
#include "http_server/pages.hpp"

namespace wireproof::http_server {

/// Of a body: text, or a part of a file.
struct Piece {
  std::string text{};
  FilePointer file{};
  std::uint64_t offset = 0;
  std::uint64_t length = 0;  ///< of the part of the file

  std::uint64_t size() const { return file ? length : text.size(); }
};

struct Answer {
  http::ResponseHead head{};
  std::vector<Piece> pieces{};

  std::uint64_t size() const;
};

/// What differs from one request to the next.
struct Moment {
  http::Seconds now{0};
  std::string boundary{};  ///< between parts of a file that hold it with no likelihood
};

class Site {
 public:
  Site(Files& files, const Pages& pages) : files_(files), pages_(pages) {}

  /// The answer to GET is also that to HEAD: whoever sends it leaves the body out. Date and Connection are the
  /// sender's.
  Answer answer(const http::RequestHead& request, const Moment& moment) const;
  /// A page for a status of 4xx or 5xx. `words`: what is wrong; `target` as it was sent.
  Answer error(unsigned status, std::string_view words, std::string_view target = {}) const;

 private:
  struct Sought;

  Answer of_path(const http::RequestHead& request, const Moment& moment) const;
  Answer of_folder(const http::RequestHead& request, const Sought& sought, const Moment& moment) const;
  Answer of_file(const http::RequestHead& request, const Sought& sought, const Moment& moment) const;
  Answer missing(Missing why, const http::RequestHead& request) const;

  Files& files_;
  const Pages& pages_;
};

}  // namespace wireproof::http_server
