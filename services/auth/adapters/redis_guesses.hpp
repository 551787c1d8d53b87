#pragma once
#include <functional>

#include "services/auth/ports.hpp"
#include "store/redis/client.hpp"

namespace loquat::auth {

// All instances count together, at Redis: an admission and its end are one script each, by the
// server's clock, so that who asks now one instance and now another has no guess more than at one.
// Each instance also counts what it sees itself.  While Redis does not answer it judges by that,
// with its share of the free ones and longer delays, by the instances that were there last.
class RedisGuesses final : public GuessLimit {
  public:
    struct Options {
        BackOffRules rules;
        // An admission waits so long for Redis; then it is decided here.
        std::chrono::milliseconds answer_max{100};
        // So long nothing is asked after it has not answered.
        std::chrono::milliseconds pause{1'000};
        // An instance that has not asked for so long is gone.
        std::chrono::milliseconds instance_gone{60'000};
        // How much later than by the server's clock it is; for tests.
        std::function<std::chrono::milliseconds()> ahead{};
    };

    // `redis` and `clock` outlive it.
    RedisGuesses(store::RedisClient& redis, Options options, const Clock& clock);

    Task<Guess> admit(std::string login, std::string address) override;
    Task<void> fail(Guess guess) override;
    Task<void> succeed(Guess guess) override;
    Task<void> forget(std::string login) override;

  private:
    struct Answer {
        bool is_admitted = false;
        std::chrono::microseconds wait{0};  // of one that is not
    };

    // None when Redis has not answered.
    Task<std::optional<Answer>> ask(std::vector<std::string> keys, std::string name);
    Task<void> tell(const store::RedisScript& script, std::vector<std::string> keys,
                    std::string name);
    Task<store::RedisReply> run(const store::RedisScript& script, std::vector<std::string> keys,
                                std::string name);
    bool is_asked() const;
    void note_away(const Failure& failure);

    store::RedisClient& redis_;
    const Options options_;
    const Clock& clock_;
    const std::string instance_;  // this one, among all
    BackOff here_;
    std::uint32_t instances_ = 1;  // as they were told last
    Steady away_until_{};
};

}  // namespace loquat::auth
