#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loquat::config {

// What a request may name.  Every text was percent-decoded exactly once; whatever could leave the
// folder is refused, however it is spelt, before a path is made of it.

// `(_)` stands for a slash in names and labels.
std::string with_slashes(std::string_view text);

// Letters, digits and `_ . + @ -`; begins and ends with a letter or digit.
bool is_profile(std::string_view text);
// As a profile, with commas between several.
bool is_application(std::string_view text);
// The name of a branch, tag, commit or folder: parts between slashes, each as a profile.
bool is_label(std::string_view text);
// A path below the folder: no empty, `.` or `..` part, no backslash, no `%`, no `#`, no control
// character, no drive, nothing that begins with a slash.
bool is_inner_path(std::string_view text);

// `dev,eu` in their order.  None when one is no profile, or when there are more than 32.
std::optional<std::vector<std::string>> read_profiles(std::string_view text);

// The file-style name `chat-dev.yml`: everything before the last `-`, then the profile.
struct FileRequest {
    std::string application;
    std::string profiles;
    std::string extension;  // yml, yaml, json or properties
};
// Whether a name ends as a document does that is asked for as one: `.yml`, `.json` ...
bool has_file_extension(std::string_view name);
std::optional<FileRequest> read_file_request(std::string_view name);

}  // namespace loquat::config
