#pragma once
// A folder for a store, and what is done to it behind its back.

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchanges.hpp"
#include "http_cache/store.hpp"
#include "random/random.hpp"

namespace wireproof::http_cache {

class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "http_cache_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    root_ = name;
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(root_); }

  std::string path() const { return (root_ / "cache").string(); }
  std::filesystem::path entries() const { return root_ / "cache" / "entries"; }
  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(entries())) files.push_back(entry.path());
    return files;
  }
  /// Bytes of all files, as a store counts them.
  std::uint64_t on_disk() const {
    std::uint64_t sum = 0;
    for (const auto& file : files()) sum += (std::filesystem::file_size(file) + 4095) / 4096 * 4096;
    return sum;
  }

 private:
  std::filesystem::path root_;
};

inline std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) std::abort();
}

/// A body that nothing else is: by its key and its size.
inline std::string body_of(std::string_view key, std::size_t size) {
  std::string body(size, '\0');
  std::uint64_t word = mixed(key.size(), size, std::hash<std::string_view>()(key));
  for (std::size_t i = 0; i < size; ++i) {
    if (i % 8 == 0) word = mixed(word, i);
    body[i] = static_cast<char>(word >> 8 * (i % 8));
  }
  return body;
}

inline StoredResponse response_for(std::string key, std::string_view request = "", std::string_view response = "") {
  http::ResponseHead head = response_of(200, response);
  return {0, std::move(key), selecting_fields(fields_of(request), head.fields), head, kStart, kStart, std::nullopt};
}

/// Null: not stored.
inline StoredPointer put(Store& store, const StoredResponse& response, std::string_view body, std::size_t step = 10000,
                         Seconds now = kStart) {
  auto writer = store.begin(response, now);
  if (!writer) return nullptr;
  for (; !body.empty(); body.remove_prefix(std::min(step, body.size()))) {
    if (!writer->append(body.substr(0, step))) return nullptr;
  }
  return writer->commit();
}

/// All that the reader gives from `offset` on, and how it ended.
struct Read {
  std::string bytes{};
  Reader::State end = Reader::State::damaged;
};
inline Read read_from(Reader& reader, std::uint64_t offset = 0, std::size_t step = 10000) {
  Read read;
  for (;;) {
    const Reader::Piece piece = reader.read(offset + read.bytes.size(), step);
    read.end = piece.state;
    if (piece.state != Reader::State::bytes) return read;
    read.bytes += piece.bytes;
  }
}

/// The body; nothing when it is not there, or damaged.
inline std::optional<std::string> body_in(Store& store, const StoredResponse& response, std::size_t step = 10000) {
  auto reader = store.open(response);
  if (!reader) return std::nullopt;
  Read read = read_from(*reader, 0, step);
  if (read.end != Reader::State::end) return std::nullopt;
  return std::move(read.bytes);
}

}  // namespace wireproof::http_cache
