// The store of responses: what it gives back is what was put into it, or nothing.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <string>
#include <vector>

#include "random/random.hpp"
#include "store_folder_for_tests.hpp"
#include "text/failure.hpp"

namespace wireproof::http_cache {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kMegabyte = 1024 * 1024;

StoreSettings settings_for(const TestFolder& folder, std::uint64_t size = 16 * kMegabyte,
                           std::uint64_t memory = kMegabyte) {
  return {folder.path(), size, memory, 7};
}

std::string failure_of(const TestFolder& folder) {
  try {
    const Store store(settings_for(folder));
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "none";
}

class StoreTest : public ::testing::Test {
 protected:
  TestFolder folder_;
};

TEST_F(StoreTest, GivesBackWhatWasPutAlsoAfterARestart) {
  const std::vector<std::size_t> sizes{0, 1, 100, kBlock - 1, kBlock, kBlock + 1, 3 * kBlock, 3 * kBlock + 5};
  for (const std::uint64_t memory : {std::uint64_t{0}, std::uint64_t{64} * kMegabyte}) {
    TestFolder folder;
    for (int opening = 0; opening < 3; ++opening) {
      Store store(settings_for(folder, 16 * kMegabyte, memory));
      for (const std::size_t size : sizes) {
        const std::string key = "http://h1/" + std::to_string(size);
        StoredResponse expected = response_for(key, "A: 1\nA: 2", "Vary: A\nX:\nY: \"y\"\nX: 2");
        if (opening == 0) {
          const StoredPointer stored = put(store, expected, body_of(key, size));
          ASSERT_TRUE(stored) << size;
          EXPECT_EQ(stored->size, size);
        }
        for (int again = 0; again < 2; ++again) {
          const auto found = store.find(key, kStart);
          ASSERT_EQ(found.size(), 1U) << size;
          expected.id = found.front()->id;
          expected.size = size;
          EXPECT_EQ(*found.front(), expected);
          EXPECT_EQ(body_in(store, *found.front()), body_of(key, size)) << size;
          EXPECT_EQ(body_in(store, *found.front(), 1 << 20), body_of(key, size)) << size;
        }
      }
      EXPECT_EQ(store.entries(), sizes.size());
      EXPECT_EQ(store.size(), folder.on_disk());
      EXPECT_EQ(store.counters().damaged + store.counters().unfinished + store.counters().failed, 0U);
      EXPECT_LE(store.memory(), memory);
      EXPECT_EQ(memory == 0, store.memory() == 0);
    }
  }
}

TEST_F(StoreTest, ReadsFromAnyPlace) {
  Store store(settings_for(folder_));
  const std::string body = body_of("k", 2 * kBlock + 100);
  const StoredPointer stored = put(store, response_for("k"), body);
  auto reader = store.open(*stored);
  ASSERT_TRUE(reader);
  for (const std::size_t offset : {std::size_t{0}, std::size_t{5}, kBlock - 1, kBlock, 2 * kBlock + 99, 2 * kBlock}) {
    EXPECT_EQ(read_from(*reader, offset).bytes, body.substr(offset)) << offset;
    EXPECT_EQ(read_from(*reader, offset).end, Reader::State::end);
  }
  EXPECT_EQ(reader->read(2 * kBlock + 100, 10).state, Reader::State::end);
  EXPECT_EQ(reader->read(1ULL << 60, 10).state, Reader::State::end);
}

TEST_F(StoreTest, LetsOthersReadWhatIsBeingWritten) {
  Store store(settings_for(folder_));
  const std::string body = body_of("k", 2 * kBlock + 100);
  auto writer = store.begin(response_for("k"), kStart);
  ASSERT_TRUE(writer);
  Reader early = writer->reader();
  EXPECT_EQ(early.read(0, 10).state, Reader::State::later);
  std::string got;
  for (std::size_t at = 0; at < body.size(); at += 7777) {
    ASSERT_TRUE(writer->append(std::string_view(body).substr(at, 7777)));
    const Read read = read_from(early, got.size());
    EXPECT_EQ(read.end, Reader::State::later);
    got += read.bytes;
    EXPECT_EQ(got, body.substr(0, at + 7777));
    Reader late = writer->reader();
    EXPECT_EQ(read_from(late).bytes, got);
    EXPECT_TRUE(store.find("k", kStart).empty());
  }
  const StoredPointer stored = writer->commit();
  ASSERT_TRUE(stored);
  EXPECT_EQ(early.read(body.size(), 10).state, Reader::State::end);
  EXPECT_EQ(read_from(early, 1).bytes, body.substr(1));
  EXPECT_EQ(body_in(store, *stored), body);
}

TEST_F(StoreTest, LeavesNothingOfWhatIsCutShort) {
  Store store(settings_for(folder_));
  std::optional<Reader> reader;
  {
    auto writer = store.begin(response_for("k"), kStart);
    ASSERT_TRUE(writer->append(body_of("k", kBlock + 10)));
    reader = writer->reader();
    EXPECT_EQ(read_from(*reader).bytes.size(), kBlock + 10);
    EXPECT_GE(store.size(), kBlock);
  }
  EXPECT_EQ(read_from(*reader).end, Reader::State::damaged);
  EXPECT_GE(store.size(), kBlock) << "its reader has the file open";
  reader.reset();
  EXPECT_EQ(store.size(), 0U);
  EXPECT_TRUE(folder_.files().empty());
  StoredResponse sized = response_for("k");
  sized.size = 10;
  EXPECT_FALSE(put(store, sized, body_of("k", 9)));
  EXPECT_FALSE(put(store, sized, body_of("k", 11)));
  EXPECT_TRUE(put(store, sized, body_of("k", 10)));
  EXPECT_EQ(store.counters().cut_short, 3U);
}

TEST_F(StoreTest, TakesATruncatedFileForNone) {
  {
    Store store(settings_for(folder_));
    put(store, response_for("k", "", "A: 1"), body_of("k", 50));
  }
  const auto file = folder_.files().front();
  const std::string whole = contents(file);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write(file, whole.substr(0, length));
    Store store(settings_for(folder_));
    ASSERT_TRUE(store.find("k", kStart).empty()) << length;
    ASSERT_EQ(store.counters().damaged, 1U) << length;
    ASSERT_TRUE(folder_.files().empty());
    ASSERT_EQ(store.size(), 0U);
  }
  for (const std::string& longer : {whole + '\0', whole + whole}) {
    write(file, longer);
    Store store(settings_for(folder_));
    ASSERT_TRUE(store.find("k", kStart).empty());
  }
  write(file, whole);
  Store store(settings_for(folder_));
  EXPECT_EQ(body_in(store, *store.find("k", kStart).at(0)), body_of("k", 50));
}

TEST_F(StoreTest, NeverServesAFlippedBit) {
  StoredResponse expected;
  {
    Store store(settings_for(folder_));
    expected = *put(store, response_for("k", "B: 2", "A: 1\nVary: B"), body_of("k", 50));
  }
  const auto file = folder_.files().front();
  const std::string whole = contents(file);
  std::size_t missed = 0;
  // All of the preamble, then one of each byte.
  for (std::size_t bit = 0; bit < 8 * whole.size(); bit += bit < 8UL * 44 ? 1 : 9 - bit / 8 % 2 * 2) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    write(file, damaged);
    Store store(settings_for(folder_));
    const auto found = store.find("k", kStart);
    const auto body = found.empty() ? std::nullopt : body_in(store, *found.front());
    if (!body) {
      ++missed;
      ASSERT_EQ(store.counters().damaged, 1U) << bit;
      ASSERT_EQ(store.entries(), 0U) << bit;
      continue;
    }
    // A bit of the room behind the head.
    ASSERT_EQ(*found.front(), expected) << bit;
    ASSERT_EQ(*body, body_of("k", 50)) << bit;
  }
  EXPECT_GE(missed, 8 * 44 + 80U);
}

TEST_F(StoreTest, FindsDamageThatComesWhileItIsOpen) {
  Store store(settings_for(folder_, 16 * kMegabyte, 0));
  const std::string body = body_of("k", 3 * kBlock);
  const StoredPointer stored = put(store, response_for("k"), body);
  const auto file = folder_.files().front();
  const std::string whole = contents(file);
  std::string damaged = whole;
  damaged[whole.size() - 2 * kBlock] ^= 1;
  write(file, damaged);
  auto reader = store.open(*stored);
  ASSERT_TRUE(reader);
  const Read read = read_from(*reader);
  EXPECT_EQ(read.end, Reader::State::damaged);
  EXPECT_EQ(read.bytes, body.substr(0, kBlock)) << "the block before it is right";
  EXPECT_TRUE(store.find("k", kStart).empty());
  EXPECT_EQ(store.counters().damaged, 1U);

  const StoredPointer again = put(store, response_for("k"), body);
  const auto second = folder_.files().front();
  damaged = contents(second);
  damaged[damaged.size() - 3 * kBlock] ^= 1;
  write(second, damaged);
  EXPECT_FALSE(store.open(*again)) << "the first block is read before anybody is answered";
}

TEST_F(StoreTest, DoesNotTakeOneFileForAnother) {
  {
    Store store(settings_for(folder_));
    put(store, response_for("k"), body_of("k", 3 * kBlock));
    put(store, response_for("l"), body_of("l", 3 * kBlock));
  }
  const auto files = folder_.files();
  // One under another's name.
  std::filesystem::rename(files[0], folder_.entries() / "00000000000000aa");
  {
    Store store(settings_for(folder_));
    EXPECT_EQ(store.entries(), 1U);
    EXPECT_EQ(store.counters().damaged, 1U);
  }
  // A block at another's place.
  std::string bytes = contents(files[1]);
  const std::size_t area = bytes.size() - 3 * (kBlock + 4);
  const std::string second = bytes.substr(area + kBlock + 4, kBlock + 4);
  bytes.replace(area + 2 * (kBlock + 4), kBlock + 4, second);
  write(files[1], bytes);
  Store store(settings_for(folder_));
  const auto found = [&] {
    auto all = store.find("k", kStart);
    return all.empty() ? store.find("l", kStart) : all;
  }();
  EXPECT_FALSE(store.open(*found.at(0)));
  EXPECT_EQ(store.counters().damaged, 1U);
}

TEST_F(StoreTest, FindsDamageInAnyBlockThatCameWhileItWasClosed) {
  for (const std::size_t from_end : {std::size_t{5}, kBlock + 100, 2 * kBlock + 100, 3 * kBlock}) {
    const std::string body = body_of("k", 3 * kBlock);
    {
      Store store(settings_for(folder_));
      ASSERT_TRUE(put(store, response_for("k"), body));
    }
    const auto file = folder_.files().front();
    std::string damaged = contents(file);
    damaged[damaged.size() - from_end] ^= 1;
    write(file, damaged);
    Store store(settings_for(folder_));
    const auto found = store.find("k", kStart);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_FALSE(store.open(*found.front())) << from_end;
    EXPECT_EQ(store.counters().damaged, 1U);
    EXPECT_TRUE(folder_.files().empty());
  }
}

TEST_F(StoreTest, LeavesStrangersFilesAlone) {
  { const Store store(settings_for(folder_)); }
  write(folder_.entries() / "notes.txt", "mine");
  write(folder_.entries() / "00000000000000AA", "upper case");
  write(folder_.entries() / "00000000000000aa", "no entry");
  write(folder_.entries() / "00000000000000ab.new", "unfinished");
  ASSERT_EQ(::mkfifo((folder_.entries() / "00000000000000ac").c_str(), 0600), 0);
  std::filesystem::create_symlink("notes.txt", folder_.entries() / "00000000000000ad");
  std::filesystem::create_directory(folder_.entries() / "00000000000000ae");
  Store store(settings_for(folder_));
  EXPECT_EQ(store.entries(), 0U);
  EXPECT_EQ(store.counters().damaged, 4U);
  EXPECT_EQ(store.counters().unfinished, 1U);
  std::vector<std::string> names;
  for (const auto& file : folder_.files()) names.push_back(file.filename());
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("notes.txt", "00000000000000AA", "00000000000000ae"));
  EXPECT_EQ(contents(folder_.entries() / "notes.txt"), "mine");
}

TEST_F(StoreTest, TakesOnlyItsOwnFolders) {
  std::filesystem::create_directory(folder_.path());
  write(folder_.path() + "/thesis.tex", "mine");
  EXPECT_THAT(failure_of(folder_), HasSubstr("it is no cache, and not empty (thesis.tex is in it)"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() + "/wireproof-http-cache"));
  std::filesystem::remove(folder_.path() + "/thesis.tex");
  EXPECT_EQ(failure_of(folder_), "none");
  EXPECT_EQ(failure_of(folder_), "none");
  write(folder_.path() + "/wireproof-http-cache", "2\n");
  EXPECT_THAT(failure_of(folder_), HasSubstr("it is of version 2 of the store, and this program knows 1"));
  for (const std::string_view damaged : {"3", "1x\n", "\x01\n"}) {
    write(folder_.path() + "/wireproof-http-cache", std::string(damaged));
    EXPECT_THAT(failure_of(folder_),
                HasSubstr("its file wireproof-http-cache, which tells the version of the store, is damaged"));
  }
  write(folder_.path() + "/wireproof-http-cache", "");  // killed when it was made
  EXPECT_EQ(failure_of(folder_), "none");
  const Store store(settings_for(folder_));
  EXPECT_THAT(failure_of(folder_), HasSubstr("another program has it"));
  TestFolder nowhere;
  std::filesystem::create_directory(nowhere.path());
  write(nowhere.path() + "/cache", "a file");
  StoreSettings settings = settings_for(nowhere);
  for (const std::string path : {"/cache", "/cache/below", "/not/there"}) {
    settings.folder = nowhere.path() + path;
    EXPECT_THROW(Store{settings}, Failure) << path;
  }
}

TEST_F(StoreTest, KeepsItsSizeWhileItIsWritten) {
  constexpr std::uint64_t kSize = kMegabyte;
  Store store(settings_for(folder_, kSize));
  std::vector<Writer> writers;
  for (int i = 0; i < 200; ++i) {
    const std::string key = "k" + std::to_string(i);
    auto writer = store.begin(response_for(key), kStart);
    if (writer && writer->append(body_of(key, (i * 7919) % 200'000))) {
      if (i % 3 == 0) {
        writers.push_back(std::move(*writer));
      } else {
        writer->commit();
      }
    }
    if (writers.size() > 4) writers.erase(writers.begin());
    ASSERT_LE(store.size(), kSize);
    ASSERT_LE(folder_.on_disk(), kSize);
    ASSERT_LE(folder_.on_disk(), store.size());
  }
  EXPECT_GT(store.counters().evicted, 50U);
  EXPECT_GT(store.entries(), 3U);
}

TEST_F(StoreTest, EvictsWhatWasUsedLeastRecently) {
  Store store(settings_for(folder_, 40 * 4096));
  const auto has = [&](const std::string& key) { return !store.find(key, kStart).empty(); };
  for (const char* const key : {"a", "b", "c", "d"}) ASSERT_TRUE(put(store, response_for(key), body_of(key, 35'000)));
  ASSERT_TRUE(has("a"));
  ASSERT_TRUE(put(store, response_for("e"), body_of("e", 35'000)));
  EXPECT_TRUE(has("a"));
  EXPECT_FALSE(has("b"));
  EXPECT_TRUE(has("c"));
  EXPECT_TRUE(has("d"));
  EXPECT_TRUE(has("e"));
  EXPECT_EQ(store.counters().evicted, 1U);
}

TEST_F(StoreTest, KnowsTheOrderOfUseAfterARestart) {
  Seconds now = kStart;
  {
    Store store(settings_for(folder_));
    for (const char* const key : {"a", "b", "c", "d"}) {
      put(store, response_for(key), body_of(key, 35'000), 10000, now += Seconds(100));
    }
    store.find("a", now += Seconds(100));
  }
  Store store(settings_for(folder_, 25 * 4096));
  EXPECT_EQ(store.entries(), 2U);
  EXPECT_EQ(store.find("a", now).size(), 1U);
  EXPECT_EQ(store.find("d", now).size(), 1U);
}

TEST_F(StoreTest, GivesNoEntryMoreThanItsShare) {
  Store store(settings_for(folder_, kMegabyte));
  EXPECT_FALSE(put(store, response_for("k"), body_of("k", kMegabyte / 4 + 1)));
  EXPECT_EQ(store.counters().no_room, 1U);
  StoredResponse sized = response_for("k");
  sized.size = kMegabyte / 4 + 1;
  EXPECT_FALSE(store.begin(sized, kStart)) << "known before it begins";
  sized.size = std::numeric_limits<std::uint64_t>::max();
  EXPECT_FALSE(store.begin(sized, kStart));
  EXPECT_TRUE(put(store, response_for("k"), body_of("k", kMegabyte / 4 - 8192)));
  EXPECT_FALSE(store.begin(response_for("k", "", "A: " + std::string(kMostHead, 'a')), kStart));
  EXPECT_EQ(store.counters().no_room, 4U);
  EXPECT_EQ(store.entries(), 1U);
}

TEST_F(StoreTest, DoesNotEvictWhatIsRead) {
  Store store(settings_for(folder_, kMegabyte, 0));
  const std::string body = body_of("read", 100'000);
  const StoredPointer stored = put(store, response_for("read"), body);
  auto reader = store.open(*stored);
  for (int i = 0; i < 50; ++i) {
    const std::string key = "k" + std::to_string(i);
    ASSERT_TRUE(put(store, response_for(key), body_of(key, 100'000)));
  }
  EXPECT_EQ(read_from(*reader).bytes, body);
  EXPECT_EQ(store.find("read", kStart).size(), 1U);
  // All are read: there is no room, and nothing breaks.
  std::vector<Reader> readers;
  for (int i = 0; i < 50; ++i) {
    for (const StoredPointer& one : store.find("k" + std::to_string(i), kStart)) {
      readers.push_back(std::move(*store.open(*one)));
    }
  }
  EXPECT_FALSE(put(store, response_for("more"), body_of("more", 200'000)));
  EXPECT_GE(store.counters().no_room, 1U);
  EXPECT_LE(folder_.on_disk(), kMegabyte);
  readers.clear();
  EXPECT_TRUE(put(store, response_for("more"), body_of("more", 200'000)));
}

TEST_F(StoreTest, ReadsToTheEndWhatIsRemovedMeanwhile) {
  Store store(settings_for(folder_, kMegabyte, 0));
  const std::string body = body_of("k", 200'000);
  const StoredPointer stored = put(store, response_for("k"), body);
  auto reader = store.open(*stored);
  EXPECT_EQ(store.invalidate("k"), 1U);
  EXPECT_EQ(store.invalidate("k"), 0U);
  EXPECT_TRUE(store.find("k", kStart).empty());
  EXPECT_FALSE(store.open(*stored));
  EXPECT_TRUE(folder_.files().empty());
  EXPECT_EQ(read_from(*reader).bytes, body);
  EXPECT_GE(store.size(), body.size()) << "the disk has it still";
  reader.reset();
  EXPECT_EQ(store.size(), 0U);
}

TEST_F(StoreTest, InvalidatesWhatIsBeingWritten) {
  Store store(settings_for(folder_));
  auto writer = store.begin(response_for("k"), kStart);
  auto other = store.begin(response_for("l"), kStart);
  ASSERT_TRUE(writer->append("abc") && other->append("abc"));
  Reader reader = writer->reader();
  EXPECT_EQ(store.invalidate("k"), 1U);
  EXPECT_TRUE(writer->append("def"));
  EXPECT_FALSE(writer->commit());
  EXPECT_EQ(read_from(reader).bytes, "abcdef") << "who reads it has asked before";
  EXPECT_EQ(read_from(reader).end, Reader::State::end);
  EXPECT_TRUE(store.find("k", kStart).empty());
  EXPECT_TRUE(other->commit());
  EXPECT_EQ(folder_.files().size(), 1U);
}

TEST_F(StoreTest, ReplacesTheSameVariantAndKeepsOthers) {
  Store store(settings_for(folder_));
  for (int round = 0; round < 3; ++round) {
    for (const char* const request : {"A: 1", "A: 2", ""}) {
      ASSERT_TRUE(put(store, response_for("k", request, "Vary: A"), body_of(request, 100 + round)));
    }
  }
  EXPECT_EQ(store.find("k", kStart).size(), 3U);
  EXPECT_EQ(store.counters().removed, 6U);
  for (const StoredPointer& one : store.find("k", kStart)) EXPECT_EQ(one->size, 102U);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(put(store, response_for("k", "A: x" + std::to_string(i), "Vary: A"), "x"));
    ASSERT_LE(store.find("k", kStart).size(), kMostVariants);
  }
}

TEST_F(StoreTest, UpdatesAHeadAndLeavesItsBody) {
  const std::string body = body_of("k", 2 * kBlock);
  {
    Store store(settings_for(folder_));
    StoredResponse response = *put(store, response_for("k", "", "A: 1"), body);
    response.head.fields.set("A", "2");
    response.received = kStart + Seconds(5);
    response.size = 17;  // it is what it was
    EXPECT_TRUE(store.update(response));
    EXPECT_EQ(store.find("k", kStart).at(0)->head.fields.value("A"), "2");
  }
  Store store(settings_for(folder_));
  const StoredPointer stored = store.find("k", kStart).at(0);
  EXPECT_EQ(stored->head.fields, fields_of("A: 2"));
  EXPECT_EQ(stored->received, kStart + Seconds(5));
  EXPECT_EQ(stored->size, body.size());
  EXPECT_EQ(body_in(store, *stored), body);
  StoredResponse response = *stored;
  response.head.fields.set("A", std::string(2000, 'a'));
  EXPECT_FALSE(store.update(response)) << "no room for it before the body";
  EXPECT_TRUE(store.find("k", kStart).empty());
  EXPECT_FALSE(store.update(response));
}

TEST_F(StoreTest, GoesOnWhereNothingCanBeWritten) {
  Store store(settings_for(folder_, 16 * kMegabyte, 0));
  const std::string body = body_of("k", 2 * kBlock);
  ASSERT_TRUE(put(store, response_for("k"), body));
  // A limit of the size of files is what a full disk is.
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit full { kBlock, before.rlim_max };
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  EXPECT_FALSE(put(store, response_for("l"), body));
  EXPECT_EQ(store.counters().failed, 1U);
  EXPECT_THAT(store.counters().last_failure, HasSubstr("File too large"));
  EXPECT_EQ(folder_.files().size(), 1U) << "nothing of it is left";
  EXPECT_TRUE(put(store, response_for("small"), "small"));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old);
  EXPECT_TRUE(put(store, response_for("l"), body));
  EXPECT_EQ(store.size(), folder_.on_disk());
  // Nor can files be made.
  std::filesystem::remove_all(folder_.entries());
  EXPECT_FALSE(store.begin(response_for("m"), kStart));
  EXPECT_EQ(store.counters().failed, 2U);
  EXPECT_THAT(store.counters().last_failure, HasSubstr("No such file or directory"));
  EXPECT_TRUE(store.find("k", kStart).empty());
}

TEST_F(StoreTest, MayGoBeforeItsWritersAndReaders) {
  std::optional<Writer> writer;
  std::optional<Writer> left;
  std::optional<Reader> reader;
  {
    Store store(settings_for(folder_, 16 * kMegabyte, 0));
    const StoredPointer stored = put(store, response_for("k"), body_of("k", 2 * kBlock));
    reader = store.open(*stored);
    writer = store.begin(response_for("l"), kStart);
    left = store.begin(response_for("m"), kStart);
  }
  EXPECT_EQ(read_from(*reader).bytes, body_of("k", 2 * kBlock));
  EXPECT_THAT(failure_of(folder_), HasSubstr("another program has it"));
  EXPECT_TRUE(writer->append(body_of("l", 2 * kBlock)));
  EXPECT_FALSE(writer->commit());
  writer.reset();
  left.reset();
  reader.reset();
  EXPECT_EQ(failure_of(folder_), "none");
  EXPECT_EQ(folder_.files().size(), 1U);
}

/// Writes entries for ever; tells each that is whole by a byte.
[[noreturn]] void write_for_ever(const TestFolder& folder, int pipe, std::uint64_t seed) {
  Store store({folder.path(), 4 * kMegabyte, 0, seed});
  Random random(seed);
  for (;;) {
    const std::string key = "k" + std::to_string(random.below(20));
    const std::size_t size = random.below(200'000);
    if (random.below(4) == 0) {
      for (const StoredPointer& one : store.find(key, kStart)) {
        StoredResponse updated = *one;
        updated.head.fields.set("A", std::string(random.below(900), 'a'));
        store.update(updated);
      }
    }
    put(store, response_for(key), body_of(key, size), 1 + random.below(70'000));
    if (::write(pipe, "x", 1) != 1) std::abort();
  }
}

TEST_F(StoreTest, SurvivesBeingKilledAtAnyMoment) {
  std::uint64_t unfinished = 0;
  std::uint64_t found = 0;
  for (std::uint64_t round = 0; round < 40; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) write_for_ever(folder_, ends[1], round + 1);
    ::close(ends[1]);
    char byte = 0;
    for (std::uint64_t i = 0; i <= round % 10; ++i) ASSERT_EQ(::read(ends[0], &byte, 1), 1);
    // Somewhere within what it does next.
    volatile std::uint64_t spent = 0;
    for (std::uint64_t i = 0; i < mixed(round, 3) % 1'000'000; ++i) spent = spent + i;
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    ::close(ends[0]);
    Store store(settings_for(folder_, 4 * kMegabyte));
    EXPECT_EQ(store.counters().damaged, 0U);
    EXPECT_LE(store.counters().unfinished, 1U);
    unfinished += store.counters().unfinished;
    EXPECT_EQ(store.size(), folder_.on_disk());
    EXPECT_EQ(folder_.files().size(), store.entries());
    for (int i = 0; i < 20; ++i) {
      const std::string key = "k" + std::to_string(i);
      for (const StoredPointer& one : store.find(key, kStart)) {
        ++found;
        ASSERT_EQ(body_in(store, *one), body_of(key, *one->size)) << key;
      }
    }
  }
  EXPECT_GT(unfinished, 0U) << "none was killed while it wrote";
  EXPECT_GT(found, 100U);
}

}  // namespace
}  // namespace wireproof::http_cache
