// Stories of a store, drawn from seeds: puts, cuts, reads, updates, removals, restarts and damage, against a model that
// knows what was put. Whatever the store gives back is that.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "random/random.hpp"
#include "store_folder_for_tests.hpp"

namespace wireproof::http_cache {
namespace {

constexpr std::uint64_t kSeeds = 600;  ///< each of four times
constexpr int kSteps = 40;

class StoreStory {
 public:
  StoreStory(const TestFolder& folder, std::uint64_t seed) : folder_(folder), random_(seed) {
    settings_ = {folder.path(), 4096 * (8 + random_.below(random_.below(4) == 0 ? 120 : 16)),
                 random_.below(3) * 100'000, seed};
    store_.emplace(settings_);
  }

  void run() {
    for (int step = 0; step < kSteps && !::testing::Test::HasFatalFailure(); ++step) {
      now_ += Seconds(static_cast<std::int64_t>(random_.below(100)));
      take_step();
      ASSERT_LE(store_->size(), settings_.size);
      ASSERT_LE(folder_.on_disk(), store_->size());
      ASSERT_LE(store_->memory(), settings_.memory);
      const StoreCounters& counters = store_->counters();
      ASSERT_EQ(store_->entries(), entries_at_opening_ + counters.stored - counters.evicted -
                                       (counters.removed - removed_unfinished_) - counters.damaged);
    }
    seen.evicted += store_->counters().evicted;
    readers_.clear();
    writers_.clear();
    ASSERT_EQ(folder_.on_disk(), store_->size());
    ASSERT_EQ(folder_.files().size(), store_->entries());
  }

  struct Seen {
    std::uint64_t stored = 0, read = 0, followed = 0, evicted = 0, damaged = 0, updated = 0, restarted = 0, missed = 0;
  };
  static Seen seen;

 private:
  struct Known {
    StoredResponse response{};
    std::string body{};
  };
  struct Writing {
    Writer writer;
    std::string body{};
    std::size_t done = 0;
  };
  struct Reading {
    Reader reader;
    std::string body{};
    std::size_t done = 0;
    bool follows = false;
  };

  std::string key() { return "http://h1/" + std::to_string(random_.below(6)); }

  void take_step() {
    switch (random_.below(16)) {
      case 0:
      case 1:
      case 2:
        return begin();
      case 3:
      case 4:
      case 5:
        return write();
      case 6:
      case 7:
      case 8:
        return look();
      case 9:
      case 10:
        return read();
      case 11:
        return update();
      case 12:
        return remove();
      case 13:
        if (!readers_.empty()) readers_.erase(readers_.begin());
        return;
      case 14:
        if (!writers_.empty()) writers_.erase(writers_.begin());
        return;
      default:
        return random_.below(3) == 0 ? restart() : begin();
    }
  }

  void begin() {
    const std::string one = key();
    const std::string fields = random_.below(2) == 0 ? "" : "Vary: A";
    StoredResponse response = response_for(one, "A: " + std::to_string(random_.below(3)), fields);
    response.head.fields.add("B", std::string(random_.below(2000), 'b'));
    const std::string body = body_of(one, random_.below(6) == 0 ? random_.below(100'000) : random_.below(6'000));
    if (random_.below(2) == 0) response.size = body.size();
    auto writer = store_->begin(response, now_);
    if (!writer) return;
    ASSERT_NE(writer->response()->id, 0U);
    ASSERT_FALSE(known_.contains(writer->response()->id));
    if (random_.below(2) == 0) readers_.push_back({writer->reader(), body, 0, true});
    writers_.push_back({std::move(*writer), body});
    for (const std::size_t before = writers_.size(); random_.below(4) != 0 && writers_.size() == before;) write();
  }

  void write() {
    if (writers_.empty()) return;
    Writing& writing = writers_.back();
    const std::size_t most = 1 + random_.below(100'000);
    if (!writing.writer.append(std::string_view(writing.body).substr(writing.done, most))) return writers_.pop_back();
    writing.done = std::min(writing.body.size(), writing.done + most);
    if (writing.done < writing.body.size()) return;
    const StoredResponse begun = *writing.writer.response();
    if (const StoredPointer stored = writing.writer.commit()) {
      ++seen.stored;
      StoredResponse expected = begun;
      expected.size = writing.body.size();
      ASSERT_EQ(*stored, expected);
      known_[stored->id] = {expected, writing.body};
      ASSERT_TRUE(store_->open(*stored)) << "it was there a moment ago";
    }
    writers_.pop_back();
  }

  void look() {
    const std::string one = key();
    for (const StoredPointer& found : store_->find(one, now_)) {
      ASSERT_TRUE(known_.contains(found->id));
      ASSERT_EQ(*found, known_.at(found->id).response);
      ASSERT_EQ(found->key, one);
      auto reader = store_->open(*found);
      if (!reader) {
        ++seen.missed;
        ASSERT_TRUE(is_damaged_);
        continue;
      }
      readers_.push_back({std::move(*reader), known_.at(found->id).body});
      read();
    }
  }

  void read() {
    if (readers_.empty()) return;
    const std::size_t which = random_.below(readers_.size());
    Reading& reading = readers_[which];
    const std::size_t most = 1 + random_.below(100'000);
    const Reader::Piece piece = reading.reader.read(reading.done, most);
    if (piece.state == Reader::State::bytes) {
      ++(reading.follows ? seen.followed : seen.read);
      ASSERT_LE(piece.bytes.size(), most);
      ASSERT_EQ(piece.bytes, std::string_view(reading.body).substr(reading.done, piece.bytes.size()));
      reading.done += piece.bytes.size();
      return;
    }
    ASSERT_TRUE(piece.state != Reader::State::end || reading.done == reading.body.size());
    ASSERT_TRUE(piece.state != Reader::State::damaged || reading.follows || is_damaged_);
    if (piece.state == Reader::State::later) {
      ASSERT_TRUE(reading.follows);
      return;
    }
    readers_.erase(readers_.begin() + static_cast<std::ptrdiff_t>(which));
  }

  void update() {
    for (const StoredPointer& found : store_->find(key(), now_)) {
      StoredResponse updated = *found;
      updated.head.fields.set("C", std::string(random_.below(1000), 'c'));
      updated.received = now_;
      if (!store_->update(updated)) {
        known_.erase(found->id);
        continue;
      }
      ++seen.updated;
      known_.at(found->id).response = updated;
    }
  }

  void remove() {
    const std::string one = key();
    if (random_.below(2) == 0) {
      const std::uint64_t before = store_->entries();
      const std::uint64_t removed = store_->counters().removed;
      store_->invalidate(one);
      removed_unfinished_ += store_->counters().removed - removed - (before - store_->entries());
      if (store_->counters().damaged > 0) recount();
      ASSERT_TRUE(store_->find(one, now_).empty());
    } else {
      for (const StoredPointer& found : store_->find(one, now_)) store_->remove(found->id);
    }
  }

  /// Damage found within invalidate() is no removal of an unfinished one.
  void recount() {
    const StoreCounters& counters = store_->counters();
    removed_unfinished_ = store_->entries() + counters.evicted + counters.removed + counters.damaged -
                          entries_at_opening_ - counters.stored;
  }

  void restart() {
    ++seen.restarted;
    seen.evicted += store_->counters().evicted;
    seen.damaged += store_->counters().damaged;
    readers_.clear();
    writers_.clear();
    store_.reset();
    if (random_.below(2) == 0) damage();
    settings_.seed = random_.bits();
    store_.emplace(settings_);
    entries_at_opening_ = store_->entries() + store_->counters().damaged + store_->counters().evicted;
    removed_unfinished_ = 0;
  }

  void damage() {
    const auto files = folder_.files();
    if (files.empty()) return;
    const auto& file = files[random_.below(files.size())];
    std::string bytes = contents(file);
    const std::size_t at = random_.below(bytes.size());
    if (random_.below(3) == 0) {
      bytes.resize(at);
    } else {
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << random_.below(8)));
    }
    http_cache::write(file, bytes);
    is_damaged_ = true;
  }

  const TestFolder& folder_;
  Random random_;
  StoreSettings settings_;
  std::optional<Store> store_;
  Seconds now_ = kStart;
  std::map<std::uint64_t, Known> known_;
  std::vector<Writing> writers_;
  std::vector<Reading> readers_;
  std::uint64_t entries_at_opening_ = 0;
  std::uint64_t removed_unfinished_ = 0;
  bool is_damaged_ = false;
};

StoreStory::Seen StoreStory::seen;

class StoreStories : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(StoreStories, GiveBackWhatWasPutOrNothing) {
  StoreStory::seen = {};
  for (std::uint64_t seed = 1; seed <= kSeeds && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(GetParam() + seed));
    const TestFolder folder;
    StoreStory(folder, GetParam() + seed).run();
  }
  // They came to what they are about.
  EXPECT_GT(StoreStory::seen.stored, kSeeds);
  EXPECT_GT(StoreStory::seen.read, kSeeds);
  EXPECT_GT(StoreStory::seen.followed, kSeeds / 2);
  EXPECT_GT(StoreStory::seen.evicted, kSeeds / 10);
  EXPECT_GT(StoreStory::seen.damaged, kSeeds / 60);
  EXPECT_GT(StoreStory::seen.updated, kSeeds / 10);
  EXPECT_GT(StoreStory::seen.missed, 2U);
  EXPECT_GT(StoreStory::seen.restarted, kSeeds / 2);
}

INSTANTIATE_TEST_SUITE_P(Seeds, StoreStories, ::testing::Values(0, 1000, 2000, 3000));

}  // namespace
}  // namespace wireproof::http_cache
