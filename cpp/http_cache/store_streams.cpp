#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "http_cache/store.hpp"
#include "http_cache/store_state.hpp"

namespace wireproof::http_cache {

bool write_at(int file, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return true;
}

// ---- the writer

bool Writer::State::append(std::string_view piece) {
  if (phase != Phase::writing) return false;
  if (response->size && flushed + pending.size() + piece.size() > *response->size) {
    cut_short();
    return false;
  }
  while (!piece.empty()) {
    const std::string_view part = piece.substr(0, kBlock - pending.size());
    pending += part;
    piece.remove_prefix(part.size());
    if (pending.size() == kBlock && !flush()) return false;
  }
  return true;
}

bool Writer::State::flush() {
  const auto state = store.lock();
  const std::uint64_t size = on_disk(file_size(file->area, flushed + pending.size()));
  if (state) {
    if (size > state->settings.size / kGreatestShare || !state->make_room(size - file->charged)) {
      ++state->counters.no_room;
      give_up();
      return false;
    }
    state->charge(*file, size);
  }
  const std::uint64_t index = flushed / kBlock;
  const std::size_t length = pending.size();
  pending += block_checksum(file->id, index, pending);
  if (!write_at(file->file.get(), pending, block_offset(file->area, index))) {
    if (state) state->count_failure("write", file->id, errno);
    give_up();
    return false;
  }
  flushed += length;
  pending.clear();
  return true;
}

StoredPointer Writer::State::commit() {
  if (phase != Phase::writing) return nullptr;
  if (response->size && flushed + pending.size() != *response->size) {
    cut_short();
    return nullptr;
  }
  if (!pending.empty() && !flush()) return nullptr;
  const auto state = store.lock();
  leave();
  if (!state || is_invalidated) {
    // Who reads it shall have all of it.
    folder->remove_unfinished(file->id);
    file->is_gone = true;
    file.reset();
    phase = Phase::whole;
    return nullptr;
  }
  StoredResponse whole = *response;
  whole.size = flushed;
  const EntryHead head{flushed, file->area, whole};
  const auto area = encoded_area(whole, file->area, flushed);
  errno = 0;
  bool is_written = area && write_at(file->file.get(), *area, 0);
  if (is_written) {
    const timespec time{static_cast<time_t>(begun.count()), 0};
    const timespec times[2]{time, time};
    ::futimens(file->file.get(), times);
    errno = folder->finish(file->id);
    is_written = errno == 0;
  }
  if (!is_written) {
    state->count_failure("write", file->id, errno);
    give_up();
    return nullptr;
  }
  phase = Phase::whole;
  Store::State::Entry& entry = state->insert(file->id, head, begun);
  entry.file = file;
  entry.is_checked = true;
  file.reset();
  response = std::make_shared<const StoredResponse>(std::move(whole));
  state->memory.keep(response);
  ++state->counters.stored;
  state->settle(*response);
  return response;
}

void Writer::State::cut_short() {
  if (phase != Phase::writing) return;
  if (const auto state = store.lock()) ++state->counters.cut_short;
  give_up();
}

void Writer::State::give_up() {
  leave();
  phase = Phase::given_up;
  pending = {};
  folder->remove_unfinished(file->id);
  file->is_gone = true;
  file.reset();
}

void Writer::State::leave() {
  if (const auto state = store.lock(); state && response) state->writers.erase(response->id);
}

Writer::Writer(std::shared_ptr<State> state) : state_(std::move(state)) {}
Writer::Writer(Writer&&) noexcept = default;
Writer& Writer::operator=(Writer&& other) noexcept {
  if (this == &other) return *this;
  abort();
  state_ = std::move(other.state_);
  return *this;
}
Writer::~Writer() { abort(); }

bool Writer::append(std::string_view piece) { return state_->append(piece); }
StoredPointer Writer::commit() { return state_->commit(); }
void Writer::abort() {
  if (state_) state_->cut_short();
}
const StoredPointer& Writer::response() const { return state_->response; }

Reader Writer::reader() const {
  auto source = std::make_unique<Reader::Source>();
  source->store = state_->store;
  source->file = state_->file;
  source->writer = state_;
  source->id = state_->response->id;
  return Reader(std::move(source));
}

// ---- the reader

BlockPointer Reader::Source::block(std::uint64_t index, std::uint64_t size, bool is_whole) {
  if (!blocks.empty()) return blocks[index];
  if (current && current_index == index && (is_whole || current_is_full)) return current;
  const auto state = store.lock();
  const bool is_listed = state && state->entries.contains(id);
  BlockPointer found = is_listed ? state->memory.block(id, index) : nullptr;
  if (!found) {
    found = file ? read_block(*file, index, size) : nullptr;
    if (!found) {
      if (is_listed) state->drop_damaged(id);
      return nullptr;
    }
    if (is_listed && is_whole && state->memory.takes(size)) state->memory.keep(id, index, found);
  }
  current = found;
  current_index = index;
  current_is_full = found->size() == kBlock;
  return found;
}

Reader::Piece Reader::Source::read(std::uint64_t offset, std::size_t most) {
  if (writer && writer->phase == Writer::State::Phase::whole) {
    body = writer->flushed;
    writer.reset();
  }
  const std::uint64_t have = writer ? writer->flushed : body;
  if (offset < have) {
    const std::uint64_t index = offset / kBlock;
    const BlockPointer found = block(index, have, !writer);
    if (!found) return {State::damaged};
    const std::string_view bytes = std::string_view(*found).substr(offset - index * kBlock, most);
    return {State::bytes, bytes};
  }
  if (!writer) return {State::end};
  if (writer->phase == Writer::State::Phase::given_up) return {State::damaged};
  if (offset >= have + writer->pending.size()) return {State::later};
  copied = writer->pending.substr(offset - have, most);
  return {State::bytes, copied};
}

Reader::Reader(std::unique_ptr<Source> source) : source_(std::move(source)) {}
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Reader::Piece Reader::read(std::uint64_t offset, std::size_t most) { return source_->read(offset, most); }

}  // namespace wireproof::http_cache
