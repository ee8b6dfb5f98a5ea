#include "http_client/gunzip.hpp"

#include <zlib.h>

#include <new>

namespace wireproof::http_client {
namespace {

/// The largest window, with the header and the checksum of gzip alone (zlib.h, inflateInit2).
constexpr int kGzipWindow = 15 + 16;

}  // namespace

void Gunzip::End::operator()(z_stream_s* stream) const {
  ::inflateEnd(stream);
  delete stream;
}

Gunzip::Gunzip() : stream_(new z_stream_s{}) {
  if (::inflateInit2(stream_.get(), kGzipWindow) != Z_OK) throw std::bad_alloc();
}

bool Gunzip::decode(std::string_view bytes, const std::function<void(std::string_view)>& take) {
  // zlib does not write to its input.
  stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream_->avail_in = static_cast<uInt>(bytes.size());
  for (;;) {
    if (between_members_) {
      if (stream_->avail_in == 0) return true;
      if (has_member_ && ::inflateReset(stream_.get()) != Z_OK) return false;
      between_members_ = false;
    }
    stream_->next_out = reinterpret_cast<Bytef*>(output_.data());
    stream_->avail_out = static_cast<uInt>(output_.size());
    const int result = ::inflate(stream_.get(), Z_NO_FLUSH);
    if (const std::size_t length = output_.size() - stream_->avail_out; length > 0) take({output_.data(), length});
    if (result == Z_STREAM_END) {
      between_members_ = true;
      has_member_ = true;
    } else if (result == Z_BUF_ERROR || (result == Z_OK && stream_->avail_in == 0 && stream_->avail_out > 0)) {
      return true;  // it wants more
    } else if (result != Z_OK) {
      return false;
    }
  }
}

}  // namespace wireproof::http_client
