#pragma once
// Stored responses on disk: a file each, below one folder. For one thread, which it blocks for as long as the kernel
// takes for a block of 64 KiB: an event loop can live with that, and a thread more would cost each hit two switches.
//
// A damaged file is a miss. What is in it is checked when it is read: the head, with its length and place, and each
// block of the body before anything of it is handed out; all blocks when a file is opened for the first time since the
// store was, so that what rotted meanwhile is a miss. One that is damaged later, behind the first block, ends its
// reader: whoever sends it must break the connection.
//
// A file has its name only when it is whole. After a SIGKILL at most unfinished files are left, which the next opening
// removes. Nothing is brought to the disk by force: what a crash of the machine tears is told by its checksums.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http_cache/stored_response.hpp"

namespace wireproof::http_cache {

struct StoreSettings {
  std::string folder{};                        ///< made if it is not there
  std::uint64_t size = 256ULL * 1024 * 1024;   ///< bytes of all files, each rounded up to 4 KiB, unfinished ones too
  std::uint64_t memory = 32ULL * 1024 * 1024;  ///< bytes of heads and blocks that are kept in memory, checked
  std::uint64_t seed = 0;                      ///< chance: what strangers must not guess, so that keys do not collide
};

/// Of a file: no greater share of the store, so that one response does not drive out all others: a quarter.
inline constexpr std::uint64_t kGreatestShare = 4;
/// Variants of a key; beyond, the one used least recently goes.
inline constexpr std::size_t kMostVariants = 32;
/// Bytes of a head, with its key and the request's fields, as stored.
inline constexpr std::size_t kMostHead = 128 * 1024;
/// Bytes of a block, the last one of a body excepted.
inline constexpr std::size_t kBlock = 64 * 1024;

/// Since the opening.
struct StoreCounters {
  std::uint64_t stored = 0;      ///< committed
  std::uint64_t updated = 0;     ///< heads
  std::uint64_t evicted = 0;     ///< for want of room
  std::uint64_t removed = 0;     ///< replaced, invalidated, no longer right
  std::uint64_t damaged = 0;     ///< found not to be as written, at the opening or later
  std::uint64_t unfinished = 0;  ///< left by a crash, removed at the opening
  std::uint64_t cut_short = 0;   ///< not stored: begun, and not committed, or not as long as was said
  std::uint64_t no_room = 0;     ///< not stored: too large, or all room is in use
  std::uint64_t failed = 0;      ///< not stored: the system said no (full disk, no permission)
  std::string last_failure{};    ///< for people: "write /c/entries/…: No space left on device"
};

/// Bytes of one body, while it is stored and while it is being written. Moves, does not copy. Its file stays until it
/// goes, whatever happens to the entry; its bytes count until then.
class Reader {
 public:
  enum class State : std::uint8_t {
    bytes,    ///< some
    end,      ///< the body ends there
    later,    ///< the writer has not come so far: ask again after its next append() or commit()
    damaged,  ///< not what was written, or the writer gave up: there will be none
  };
  struct Piece {
    State state = State::damaged;
    std::string_view bytes{};  ///< until the next call
  };

  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  /// At most `most` bytes from `offset` on: never beyond a block's end, so it may be fewer.
  Piece read(std::uint64_t offset, std::size_t most);

 private:
  friend class Store;
  friend class Writer;
  struct Source;
  explicit Reader(std::unique_ptr<Source> source);
  std::unique_ptr<Source> source_;
};

/// An entry that is being written. It is in the store when it is committed, and in no listing before. Without
/// commit(), nothing is left of it.
class Writer {
 public:
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  ~Writer();

  /// False: it will not be stored (no room, full disk), is counted, and its readers will end; later pieces are
  /// dropped. The answer itself need not suffer from that.
  bool append(std::string_view piece);
  /// The body is whole. Takes the place of the entry that it replaces(). Null: it is not stored, which is counted.
  StoredPointer commit();
  /// As the destructor does.
  void abort();

  /// As it was begun, with its id.
  const StoredPointer& response() const;
  /// Follows what is written, from its beginning.
  Reader reader() const;

 private:
  friend class Reader;
  friend class Store;
  struct State;
  explicit Writer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

/// Evicts by least recent use: a web's popularity changes by the hour, which LRU follows, and the greatest share of one
/// file bounds what a scan by a large one can do. What somebody reads is not evicted: its bytes would not become free.
class Store {
 public:
  /// Takes the folder for itself, reads the heads that are there, removes what is damaged and what is unfinished, and
  /// what is too much. Throws Failure: another program has it, it is of another version of this store, it holds
  /// something else (nothing is touched then), it cannot be read or made. One that cannot be written is taken, if it
  /// is a store: nothing is stored then.
  explicit Store(const StoreSettings& settings);
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  /// Writers and readers may outlive it; what is committed then is not stored.
  ~Store();

  /// All variants of the key, in no order. `now`: they are used now, in the order of eviction (to the second across
  /// restarts).
  std::vector<StoredPointer> find(std::string_view key, Seconds now);
  /// Nothing: it is not there any more, or damaged, and then gone and counted.
  std::optional<Reader> open(const StoredResponse& response);

  /// Nothing: no room for it (a head above kMostHead, a known size above the share), or the system says no; counted.
  std::optional<Writer> begin(const StoredResponse& response, Seconds now);
  /// A new head for an entry, by its id; the body stays. False: it is not there, or the head has no room in its file:
  /// then it is removed.
  bool update(const StoredResponse& response);
  void remove(std::uint64_t id);
  /// All variants of the key, unfinished ones too: they will not be stored. How many that were.
  std::size_t invalidate(std::string_view key);
  /// Everything.
  void clear();

  std::uint64_t size() const;    ///< bytes, as StoreSettings::size counts them; never more than that
  std::uint64_t most() const;    ///< StoreSettings::size
  std::size_t entries() const;   ///< committed ones
  std::uint64_t memory() const;  ///< bytes in memory, as StoreSettings::memory counts them
  const StoreCounters& counters() const;

 private:
  friend class Reader;
  friend class Writer;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace wireproof::http_cache
