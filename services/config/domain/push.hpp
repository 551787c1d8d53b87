#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loquat::config {

// A field of the request, empty when it is not there.
using FieldOf = std::function<std::string_view(std::string_view name)>;

// Files that a call of /monitor says have changed: the push of GitHub, GitLab, Gitea, Gogs or
// Gitee, of which Bitbucket's names none (then all, as `application.yml`); a form or JSON with
// `path`.  Throws Failure of JSON that cannot be read.
std::vector<std::string> changed_files(const FieldOf& field, std::string_view body);

// The services that a file configures, as Spring guesses them: `foo-bar.yml` is `foo-bar`, and
// `foo` with profile bar, which is `foo:bar`; `application*` is `*`.
std::vector<std::string> services_of_files(const std::vector<std::string>& files);

// Whether the call is signed with the secret: an HMAC of the body (GitHub, Gitea, Gogs, Bitbucket)
// or the secret itself (GitLab).
bool is_signed(const FieldOf& field, std::string_view body, std::string_view secret);

}  // namespace loquat::config
