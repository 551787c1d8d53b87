#pragma once
#include <functional>
#include <optional>
#include <string>

#include "aio/loop.hpp"
#include "net/http/client.hpp"
#include "tests/fault/town.hpp"

namespace loquat::test {

// Sees what the processes of a town know of each other.
class Witness {
  public:
    explicit Witness(Town& town);

    // The first account of the town, which is its administrator's; its token.
    std::string sign_up();

    // Whether every gateway that lives would call that process, or none of them.
    enum class Opinion { fit, unfit };
    bool do_gateways_hold(const std::string& process, Opinion opinion);
    // Whether a registry lists it.
    bool is_registered(const std::string& process);
    // Whether what is registered anew at `registry` is at once behind the gateways.
    bool is_news_told(const std::string& registry);
    // Whether what callers ask for is answered, through every gateway that lives.
    bool is_answered(const std::string& target);
    // Processes that do not answer are asked no longer than for a moment.
    void leave_out(const std::string& process) { left_out_ = process; }

    // Milliseconds until it holds; none when it does not within a quarter of a minute.
    static std::optional<std::int64_t> time_until(const std::function<bool()>& holds);

  private:
    struct Answer {
        int status = 0;
        std::string body;
    };
    Answer ask(const std::string& url, const std::string& method, const std::string& target,
               const std::string& body = {});
    std::vector<std::string> living(const std::string& service) const;

    Town& town_;
    aio::Loop loop_{"witness"};
    net::http::Client client_;
    std::string token_;
    std::string left_out_;
    int news_ = 0;
};

}  // namespace loquat::test
