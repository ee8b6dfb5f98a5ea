#include "http_cache/store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "http_cache/store_state.hpp"
#include "http_cache/variants.hpp"
#include "random/random.hpp"

namespace wireproof::http_cache {
namespace {

/// Most heads are within it: one call reads them.
constexpr std::size_t kFirstRead = 4096;
/// Uses are written into the file's time no more often.
constexpr Seconds kTouchEvery{60};

/// The system has no room for another open file now: says nothing of the file.
bool is_shortage(int error) { return error == EMFILE || error == ENFILE || error == ENOMEM || error == EINTR; }

std::string read_at(int file, std::size_t bytes, std::uint64_t offset) {
  std::string text(bytes, '\0');
  std::size_t have = 0;
  while (have < bytes) {
    const ssize_t got = ::pread(file, text.data() + have, bytes - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  text.resize(have);
  return text;
}

std::uint64_t size_of(int file) {
  struct stat facts {};
  return ::fstat(file, &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

std::chrono::nanoseconds changed(int file) {
  struct stat facts {};
  if (::fstat(file, &facts) != 0) return {};
  return Seconds(facts.st_mtim.tv_sec) + std::chrono::nanoseconds(facts.st_mtim.tv_nsec);
}

}  // namespace

BlockPointer read_block(const StoreFile& file, std::uint64_t index, std::uint64_t body) {
  const std::uint64_t begin = index * kBlock;
  const std::size_t length = static_cast<std::size_t>(std::min<std::uint64_t>(kBlock, body - begin));
  std::string bytes = read_at(file.file.get(), length + kChecksum, block_offset(file.area, index));
  if (bytes.size() != length + kChecksum) return nullptr;
  const std::string checksum = bytes.substr(length);
  bytes.resize(length);
  if (checksum != block_checksum(file.id, index, bytes)) return nullptr;
  return std::make_shared<const std::string>(std::move(bytes));
}

Store::State::State(const StoreSettings& given)
    : settings(given), folder(std::make_shared<StoreFolder>(given.folder)), memory(given.memory) {
  StoreFolder::Listing listing = folder->list();
  for (const std::uint64_t id : listing.unfinished) {
    folder->remove_unfinished(id);
    ++counters.unfinished;
  }
  struct Found {
    std::chrono::nanoseconds changed;
    std::uint64_t id;
    EntryHead head;
  };
  std::vector<Found> found;
  for (const std::uint64_t id : listing.entries) {
    bool is_damaged = false;
    auto head = load_head(id, is_damaged);
    if (!head && is_damaged) {
      ++counters.damaged;
      folder->remove(id);
    }
    if (!head) continue;
    const FileDescriptor file = folder->open(id, O_RDONLY);
    head->response.head = {};  // of all of them that would be much
    head->response.request_fields = {};
    found.push_back({changed(file.get()), id, std::move(*head)});
  }
  std::sort(found.begin(), found.end(), [](const Found& one, const Found& other) {
    return std::tie(one.changed, one.id) < std::tie(other.changed, other.id);
  });
  for (const Found& one : found) {
    insert(one.id, one.head, std::chrono::floor<Seconds>(one.changed));
    *total += entries.at(one.id).charged;
  }
  make_room(0);
}

std::uint64_t Store::State::hash_of(std::string_view key) const {
  std::uint64_t hash = mixed(settings.seed, key.size());
  for (; !key.empty(); key.remove_prefix(std::min<std::size_t>(8, key.size()))) {
    std::uint64_t word = 0;
    for (const char byte : key.substr(0, 8)) word = word << 8 | static_cast<unsigned char>(byte);
    hash = mixed(hash, word, settings.seed);
  }
  return hash;
}

std::vector<std::uint64_t> Store::State::ids_of(std::uint64_t hash) const {
  std::vector<std::uint64_t> ids;
  const auto [begin, end] = by_hash.equal_range(hash);
  for (auto at = begin; at != end; ++at) ids.push_back(at->second);
  return ids;
}

void Store::State::count_failure(std::string_view tried, std::uint64_t id, int error) {
  ++counters.failed;
  counters.last_failure = fmt::format("{} {}: {}", tried, folder->path_of(id), std::system_category().message(error));
}

std::optional<EntryHead> Store::State::load_head(std::uint64_t id, bool& is_damaged) {
  const FileDescriptor file = folder->open(id, O_RDONLY);
  is_damaged = file.is_open() || !is_shortage(errno);
  if (!file.is_open()) return std::nullopt;
  std::string bytes = read_at(file.get(), kFirstRead, 0);
  const auto needed = bytes_needed(bytes);
  if (!needed) return std::nullopt;
  if (*needed > bytes.size()) bytes += read_at(file.get(), *needed - bytes.size(), bytes.size());
  auto head = decode_entry(bytes);
  if (!head || head->response.id != id || size_of(file.get()) != file_size(head->area, head->body)) return std::nullopt;
  is_damaged = false;
  return head;
}

StoredPointer Store::State::head_of(std::uint64_t id) {
  if (StoredPointer head = memory.head(id)) return head;
  bool is_damaged = false;
  auto loaded = load_head(id, is_damaged);
  const Entry& entry = entries.at(id);
  if (loaded && (loaded->body != entry.body || loaded->area != entry.area)) {
    loaded.reset();
    is_damaged = true;
  }
  if (!loaded) {
    if (is_damaged) drop_damaged(id);
    return nullptr;
  }
  auto head = std::make_shared<const StoredResponse>(std::move(loaded->response));
  memory.keep(head);
  return head;
}

std::shared_ptr<StoreFile> Store::State::open_file(std::uint64_t id, Entry& entry, bool& is_damaged) {
  if (auto open = entry.file.lock()) return open;
  auto opened = std::make_shared<StoreFile>();
  opened->file = folder->open(id, O_RDONLY);
  is_damaged =
      opened->file.is_open() ? size_of(opened->file.get()) != file_size(entry.area, entry.body) : !is_shortage(errno);
  if (is_damaged || !opened->file.is_open()) return nullptr;
  opened->total = total;
  opened->id = id;
  opened->area = entry.area;
  opened->charged = entry.charged;
  entry.file = opened;
  return opened;
}

bool Store::State::make_room(std::uint64_t bytes) {
  auto at = uses.end();
  while (*total + bytes > settings.size) {
    // What is read now stays: its bytes would not become free.
    while (at != uses.begin() && !entries.at(*std::prev(at)).file.expired()) --at;
    if (at == uses.begin()) return false;
    const std::uint64_t id = *std::prev(at);
    const std::uint64_t before = *total;
    drop(id);
    ++counters.evicted;
    if (*total == before) return false;  // it cannot be removed
  }
  return true;
}

void Store::State::charge(StoreFile& file, std::uint64_t bytes) {
  *total += bytes - file.charged;
  file.charged = bytes;
}

Store::State::Entry& Store::State::insert(std::uint64_t id, const EntryHead& head, Seconds now) {
  Entry& entry = entries[id];
  entry.hash = hash_of(head.response.key);
  entry.charged = on_disk(file_size(head.area, head.body));
  entry.body = head.body;
  entry.area = head.area;
  entry.touched = now;
  uses.push_front(id);
  entry.use = uses.begin();
  by_hash.emplace(entry.hash, id);
  return entry;
}

void Store::State::drop(std::uint64_t id) {
  const auto found = entries.find(id);
  if (found == entries.end()) return;
  Entry& entry = found->second;
  memory.forget(id, entry.body);
  if (const int error = folder->remove(id); error != 0) {
    count_failure("remove", id, error);  // its bytes are still there, and count
  } else if (const auto open = entry.file.lock()) {
    open->is_gone = true;
  } else {
    *total -= entry.charged;
  }
  const auto [begin, end] = by_hash.equal_range(entry.hash);
  by_hash.erase(std::find_if(begin, end, [&](const auto& one) { return one.second == id; }));
  uses.erase(entry.use);
  entries.erase(found);
}

void Store::State::drop_damaged(std::uint64_t id) {
  ++counters.damaged;
  drop(id);
}

void Store::State::settle(const StoredResponse& newest) {
  std::vector<std::uint64_t> variants;
  for (const std::uint64_t id : ids_of(hash_of(newest.key))) {
    if (id == newest.id) continue;
    const StoredPointer older = head_of(id);
    if (!older || older->key != newest.key) continue;
    if (replaces(newest, *older)) {
      drop(id);
      ++counters.removed;
    } else {
      variants.push_back(id);
    }
  }
  while (variants.size() >= kMostVariants) {
    // uses has the one used last first.
    const auto is_variant = [&](std::uint64_t id) {
      return std::find(variants.begin(), variants.end(), id) != variants.end();
    };
    const std::uint64_t oldest = *std::find_if(uses.rbegin(), uses.rend(), is_variant);
    std::erase(variants, oldest);
    drop(oldest);
    ++counters.evicted;
  }
}

void Store::State::use(std::uint64_t id, Seconds now) {
  Entry& entry = entries.at(id);
  uses.splice(uses.begin(), uses, entry.use);
  if (now - entry.touched < kTouchEvery) return;
  entry.touched = now;
  folder->touch(id, now);
}

Store::Store(const StoreSettings& settings) : state_(std::make_shared<State>(settings)) {}
Store::~Store() = default;

std::vector<StoredPointer> Store::find(std::string_view key, Seconds now) {
  std::vector<StoredPointer> found;
  for (const std::uint64_t id : state_->ids_of(state_->hash_of(key))) {
    StoredPointer head = state_->head_of(id);
    if (!head || head->key != key) continue;
    state_->use(id, now);
    found.push_back(std::move(head));
  }
  return found;
}

std::optional<Reader> Store::open(const StoredResponse& response) {
  const auto found = state_->entries.find(response.id);
  if (found == state_->entries.end()) return std::nullopt;
  State::Entry& entry = found->second;
  auto source = std::make_unique<Reader::Source>();
  source->store = state_;
  source->id = response.id;
  source->body = entry.body;
  const std::uint64_t count = blocks_of(entry.body);
  if (count == 0) return Reader(std::move(source));
  if (state_->memory.takes(entry.body)) {
    for (std::uint64_t i = 0; i < count; ++i) {
      BlockPointer block = state_->memory.block(response.id, i);
      if (!block) break;
      source->blocks.push_back(std::move(block));
    }
    if (source->blocks.size() == count) return Reader(std::move(source));
    source->blocks.clear();
  }
  bool is_damaged = false;
  source->file = state_->open_file(response.id, entry, is_damaged);
  if (!source->file) {
    if (is_damaged) state_->drop_damaged(response.id);
    return std::nullopt;
  }
  // What rotted while nobody looked is found before an answer begins. A whole file is read for that, once.
  for (std::uint64_t i = count - 1; !entry.is_checked && i > 0; --i) {
    if (!source->block(i, entry.body, true)) return std::nullopt;
  }
  entry.is_checked = true;
  BlockPointer first = source->block(0, entry.body, true);
  if (!first) return std::nullopt;
  if (count == 1) {
    source->blocks.push_back(std::move(first));
    source->file.reset();
  }
  return Reader(std::move(source));
}

std::optional<Writer> Store::begin(const StoredResponse& response, Seconds now) {
  State& state = *state_;
  const auto head = encoded_head(response);
  const std::uint32_t area = head ? area_for(head->size()) : 0;
  const std::uint64_t least = on_disk(file_size(area, std::min(response.size.value_or(0), state.settings.size)));
  if (!head || least > state.settings.size / kGreatestShare || !state.make_room(on_disk(area))) {
    ++state.counters.no_room;
    return std::nullopt;
  }
  auto file = std::make_shared<StoreFile>();
  std::uint64_t id = 0;
  do {
    id = mixed(state.settings.seed, ++state.serial, 1);
    if (id == 0 || state.entries.contains(id)) continue;
    file->file = state.folder->create(id);
  } while (!file->file.is_open() && (id == 0 || state.entries.contains(id) || errno == EEXIST));
  if (!file->file.is_open()) {
    state.count_failure("write", id, errno);
    return std::nullopt;
  }
  file->total = state.total;
  file->id = id;
  file->area = area;
  state.charge(*file, on_disk(area));
  auto writer = std::make_shared<Writer::State>();
  StoredResponse begun = response;
  begun.id = id;
  writer->store = state_;
  writer->folder = state.folder;
  writer->file = std::move(file);
  writer->response = std::make_shared<const StoredResponse>(std::move(begun));
  writer->begun = now;
  state.writers[id] = writer.get();
  return Writer(std::move(writer));
}

bool Store::update(const StoredResponse& response) {
  const auto found = state_->entries.find(response.id);
  if (found == state_->entries.end()) return false;
  const State::Entry& entry = found->second;
  auto updated = std::make_shared<StoredResponse>(response);
  updated->size = entry.body;
  const auto bytes = encoded_area(*updated, entry.area, entry.body);
  if (!bytes || state_->hash_of(response.key) != entry.hash) {
    remove(response.id);
    return false;
  }
  const FileDescriptor file = state_->folder->open(response.id, O_WRONLY);
  errno = file.is_open() ? 0 : errno;
  if (!file.is_open() || !write_at(file.get(), *bytes, 0)) {
    state_->count_failure("write", response.id, errno);
    state_->drop(response.id);
    return false;
  }
  ++state_->counters.updated;
  state_->memory.keep(updated);
  return true;
}

void Store::remove(std::uint64_t id) {
  if (!state_->entries.contains(id)) return;
  state_->drop(id);
  ++state_->counters.removed;
}

std::size_t Store::invalidate(std::string_view key) {
  std::size_t count = 0;
  for (const std::uint64_t id : state_->ids_of(state_->hash_of(key))) {
    const StoredPointer head = state_->head_of(id);
    if (!head || head->key != key) continue;
    remove(id);
    ++count;
  }
  for (const auto& [id, writer] : state_->writers) {
    if (writer->is_invalidated || writer->response->key != key) continue;
    writer->is_invalidated = true;
    ++state_->counters.removed;
    ++count;
  }
  return count;
}

void Store::clear() {
  while (!state_->uses.empty()) remove(state_->uses.front());
  for (const auto& [id, writer] : state_->writers) writer->is_invalidated = true;
}

std::uint64_t Store::size() const { return *state_->total; }
std::uint64_t Store::most() const { return state_->settings.size; }
std::size_t Store::entries() const { return state_->entries.size(); }
std::uint64_t Store::memory() const { return state_->memory.size(); }
const StoreCounters& Store::counters() const { return state_->counters; }

}  // namespace wireproof::http_cache
