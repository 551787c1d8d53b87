#pragma once
#include <functional>
#include <optional>
#include <string>

#include "aio/loop.hpp"
#include "aio/run.hpp"
#include "net/http/client.hpp"
#include "testing/where.hpp"
#include "wire/json.hpp"

namespace loquat::test {

// Calls a platform's JSON routes.
class HttpCaller {
  public:
    HttpCaller(aio::Loop& loop, std::uint16_t port) : HttpCaller(loop, Where{.port = port}) {}
    HttpCaller(aio::Loop& loop, Where where) : client_(loop, {}), where_(std::move(where)) {}

    struct Answer {
        int status = 0;
        std::string body;
        // A member of the JSON body by name; empty when it is not a text.
        std::string text(std::string_view name) const;
    };
    // `token` empty: nobody.  `body` empty: none.
    Task<Answer> call(std::string method, std::string target, std::string token, std::string body);
    // GET again and again, with pauses, until `holds` says so or a minute has gone: what comes a
    // moment after its cause is waited for by time and not by a count of looks.  The last answer.
    Task<Answer> get_until(std::string target, std::string token,
                           std::function<bool(const Answer&)> holds);
    // Registers NAME and gives the access token.
    Task<std::string> make_user(std::string name);
    // Makes a public room owned by that token's user; gives its id.
    Task<std::string> make_room(std::string token, std::string title);

  private:
    net::http::Client client_;
    Where where_;
};

}  // namespace loquat::test
