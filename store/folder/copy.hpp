#pragma once
#include <filesystem>
#include <functional>
#include <string>

namespace loquat::store {

// Copies a data folder, also while another process writes to it, so that the copy is a whole folder
// of one time: no store is ahead of the copied log, and everything that was acknowledged before the
// call is in it.  `told` hears the name of each file before it is copied.  Durable on return.
//
// Fails with `backup.target_exists` (409) when there is something at `target`, `backup.no_folder`
// (404) when `source` is none that knows itself, and as the stores do; `target` is removed then.
void copy_folder(const std::filesystem::path& source, const std::filesystem::path& target,
                 const std::function<void(const std::string& name)>& told);

}  // namespace loquat::store
