#pragma once
// Renaming that outlives a crash of the system.

#include <string>

namespace wireproof {

/// Gives the file another name, in a folder of the same file system, and brings the folder to the disk. Unless
/// `replaces`, a file of that name is left as it is: EEXIST. Returns 0, or what the system said, an errno value.
int rename_file(const std::string& from, const std::string& to, bool replaces);

}  // namespace wireproof
