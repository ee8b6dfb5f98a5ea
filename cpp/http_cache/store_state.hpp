#pragma once
// What a Store, its writers and its readers share. For store.cpp and store_streams.cpp alone.

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "http_cache/block_memory.hpp"
#include "http_cache/entry_file.hpp"
#include "http_cache/store.hpp"
#include "http_cache/store_folder.hpp"
#include "loop/file_descriptor.hpp"

namespace wireproof::http_cache {

/// How much of the disk a file of so many bytes has.
constexpr std::uint64_t on_disk(std::uint64_t bytes) { return (bytes + 4095) / 4096 * 4096; }
constexpr std::uint64_t blocks_of(std::uint64_t body) { return body / kBlock + (body % kBlock != 0 ? 1 : 0); }

/// An open file of the store, and what it counts.
struct StoreFile {
  FileDescriptor file{};
  std::weak_ptr<std::uint64_t> total{};  ///< of the store
  std::uint64_t id = 0;
  std::uint32_t area = 0;
  std::uint64_t charged = 0;  ///< bytes on disk
  bool is_gone = false;       ///< it has no name any more: its bytes are free when it is closed

  StoreFile() = default;
  StoreFile(const StoreFile&) = delete;
  StoreFile& operator=(const StoreFile&) = delete;
  ~StoreFile() {
    if (const auto shared = is_gone ? total.lock() : nullptr) *shared -= charged;
  }
};

/// All of them; false with errno.
bool write_at(int file, std::string_view bytes, std::uint64_t offset);

/// The block of a body that has so many bytes in so far; null when it is not as it was written.
BlockPointer read_block(const StoreFile& file, std::uint64_t index, std::uint64_t body);

struct Store::State {
  struct Entry {
    std::uint64_t hash = 0;  ///< of its key
    std::uint64_t charged = 0;
    std::uint64_t body = 0;
    std::uint32_t area = 0;
    Seconds touched{0};  ///< as its file's time of change says
    std::list<std::uint64_t>::iterator use{};
    std::weak_ptr<StoreFile> file{};  ///< while somebody reads it
    bool is_checked = false;          ///< all blocks, since this store was opened: or it was written since
  };

  explicit State(const StoreSettings& given);

  std::uint64_t hash_of(std::string_view key) const;
  std::vector<std::uint64_t> ids_of(std::uint64_t hash) const;
  void count_failure(std::string_view tried, std::uint64_t id, int error);

  /// Reads and checks a head; null with `is_damaged`, or when the system has no room for another open file.
  std::optional<EntryHead> load_head(std::uint64_t id, bool& is_damaged);
  StoredPointer head_of(std::uint64_t id);
  std::shared_ptr<StoreFile> open_file(std::uint64_t id, Entry& entry, bool& is_damaged);

  /// Evicts until so many more bytes have room. False: all else is in use.
  bool make_room(std::uint64_t bytes);
  void charge(StoreFile& file, std::uint64_t bytes);
  Entry& insert(std::uint64_t id, const EntryHead& head, Seconds now);
  void drop(std::uint64_t id);
  void drop_damaged(std::uint64_t id);
  /// What a new entry takes the place of, and variants beyond the bound.
  void settle(const StoredResponse& newest);
  void use(std::uint64_t id, Seconds now);

  StoreSettings settings;
  std::shared_ptr<StoreFolder> folder;
  std::shared_ptr<std::uint64_t> total = std::make_shared<std::uint64_t>(0);
  std::unordered_map<std::uint64_t, Entry> entries{};
  std::unordered_multimap<std::uint64_t, std::uint64_t> by_hash{};
  std::list<std::uint64_t> uses{};  ///< ids, the one used last first
  std::unordered_map<std::uint64_t, Writer::State*> writers{};
  BlockMemory memory;
  StoreCounters counters{};
  std::uint64_t serial = 0;
};

struct Writer::State {
  enum class Phase : std::uint8_t {
    writing,
    whole,     ///< committed, or whole and not wanted any more
    given_up,  ///< nothing of it is in the store
  };

  ~State() { leave(); }

  bool append(std::string_view piece);
  StoredPointer commit();
  void cut_short();
  /// Brings `pending` to the file as a block. False: given up.
  bool flush();
  void give_up();
  void leave();  ///< the list of those who write

  std::weak_ptr<Store::State> store{};
  std::shared_ptr<StoreFolder> folder{};
  std::shared_ptr<StoreFile> file{};
  StoredPointer response{};
  Seconds begun{0};
  Phase phase = Phase::writing;
  bool is_invalidated = false;
  std::string pending{};      ///< of the block that is not full
  std::uint64_t flushed = 0;  ///< bytes of the body in full blocks, and all when it is whole
};

struct Reader::Source {
  Piece read(std::uint64_t offset, std::size_t most);
  /// Null: damaged.
  BlockPointer block(std::uint64_t index, std::uint64_t body, bool is_whole);

  std::weak_ptr<Store::State> store{};
  std::shared_ptr<StoreFile> file{};        ///< null when all blocks are here
  std::shared_ptr<Writer::State> writer{};  ///< while it may not be whole
  std::uint64_t id = 0;
  std::uint64_t body = 0;
  std::vector<BlockPointer> blocks{};  ///< all, or none
  BlockPointer current{};
  std::uint64_t current_index = 0;
  bool current_is_full = false;
  std::string copied{};
};

}  // namespace wireproof::http_cache
