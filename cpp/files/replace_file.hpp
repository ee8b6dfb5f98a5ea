#pragma once
// A file that is never half of what it should be.

#include <sys/types.h>

#include <string>
#include <string_view>

namespace wireproof {

/// Makes the file `path` of `bytes`: whoever opens it, also after a crash of the system, finds all of that or all of
/// what was there before. It is written beside it, as PATH.new, brought to the disk, and renamed. Throws Failure
/// "write PATH.new: …" or "replace PATH: …", with the old file as it was and nothing left beside it.
void replace_file(const std::string& path, std::string_view bytes, mode_t mode);

}  // namespace wireproof
