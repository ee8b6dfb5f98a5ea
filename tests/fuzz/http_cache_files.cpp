// Any bytes as a file of the store: what comes out of it is what was written, or nothing. Input: a byte that says what
// is made right again (bit 0: the preamble's checksum, bit 1: the head's, bit 2: the blocks'), then the file.

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>
#include <zlib.h>

#include "bytes/big_endian.hpp"
#include "goals.hpp"
#include "http/message_writer.hpp"
#include "http_cache/entry_file.hpp"
#include "http_cache/store.hpp"

namespace {

using namespace wireproof::http_cache;
using wireproof::fuzz::Goal;

Goal right_preamble("a preamble that is taken", 10);
Goal right_head("a head that is taken", 5);
Goal found("an entry of the store", 5);
Goal whole("a whole body", 4);
Goal damaged("a body that is damaged", 1);
Goal dropped("a file that is removed", 20);

constexpr std::uint64_t kId = 0x0123456789abcdef;
const std::string kName = "0123456789abcdef";

void check(bool holds) {
  if (!holds) std::abort();
}

/// A folder of this process, and a store in it for each run.
const std::filesystem::path& folder() {
  static const std::filesystem::path path = [] {
    std::string name = (std::filesystem::temp_directory_path() / "fuzz_http_cache_XXXXXX").string();
    check(::mkdtemp(name.data()) != nullptr);
    std::atexit([] { std::filesystem::remove_all(folder()); });
    return std::filesystem::path(name);
  }();
  return path;
}

StoreSettings settings() { return {(folder() / "cache").string(), 1024 * 1024, 65536, 1}; }

void put_number(std::string& bytes, std::size_t at, std::uint32_t number) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(number >> (24 - 8 * i));
}
std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  return wireproof::read_number<std::uint32_t>({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, at);
}
std::uint32_t crc(std::string_view bytes) {
  return static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

void make_right(std::string& file, unsigned what) {
  if (file.size() < kPreamble) return;
  const std::uint32_t head = number_at(file, 16);
  if ((what & 2) != 0 && head <= file.size() - kPreamble) {
    put_number(file, 20, crc(std::string_view(file).substr(kPreamble, head)));
  }
  if ((what & 1) != 0) put_number(file, 40, crc(std::string_view(file).substr(0, 40)));
  const std::uint32_t area = number_at(file, 12);
  if ((what & 4) == 0 || area > file.size()) return;
  for (std::uint64_t block = 0, at = area; at < file.size(); ++block, at += kBlock + kChecksum) {
    const std::size_t end = std::min<std::size_t>(file.size(), at + kBlock + kChecksum);
    if (end < at + kChecksum) return;
    const std::string sum = block_checksum(kId, block, std::string_view(file).substr(at, end - kChecksum - at));
    file.replace(end - kChecksum, kChecksum, sum);
  }
}

void check_file(const std::string& file) {
  right_preamble.reach(bytes_needed(file).has_value());
  const auto entry = decode_entry(file);
  right_head.reach(entry.has_value());
  if (entry) {
    // It is what would be written for it.
    const auto area = encoded_area(entry->response, entry->area, entry->body);
    check(area && decode_entry(*area) == entry);
    std::string text;
    wireproof::http::append_head(text, entry->response.head);  // throws what no head may have
  }
}

void check_store(const std::string& file) {
  { const Store made(settings()); }
  const auto path = folder() / "cache" / "entries" / kName;
  {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(file.data(), static_cast<std::streamsize>(file.size()));
  }
  Store store(settings());
  dropped.reach(store.counters().damaged == 1);
  check(store.entries() + store.counters().damaged + store.counters().evicted == 1);
  const auto entry = decode_entry(file);
  if (!entry) return check(store.entries() == 0);
  for (const StoredPointer& one : store.find(entry->response.key, Seconds(1))) {
    found.reach();
    check(*one == entry->response && one->id == kId);
    check(file.size() == file_size(entry->area, entry->body));
    auto reader = store.open(*one);
    std::uint64_t offset = 0;
    Reader::Piece piece;
    while (reader) {
      piece = reader->read(offset, 10'000);
      if (piece.state != Reader::State::bytes) break;
      const std::uint64_t block = offset / kBlock;
      const std::uint64_t at = block_offset(entry->area, block) + offset % kBlock;
      check(std::string_view(file).substr(at, piece.bytes.size()) == piece.bytes);
      offset += piece.bytes.size();
    }
    if (reader && piece.state == Reader::State::end) {
      whole.reach();
      check(offset == entry->body);
    } else {
      damaged.reach();
      check(store.counters().damaged == 1 && store.entries() == 0);
    }
  }
  store.clear();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string file(reinterpret_cast<const char*>(data) + 1, size - 1);
  make_right(file, data[0]);
  check_file(file);
  check_store(file);
  return 0;
}
