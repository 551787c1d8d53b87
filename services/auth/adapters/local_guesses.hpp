#pragma once
#include "services/auth/ports.hpp"

namespace loquat::auth {

// Counted by this process for itself.
class LocalGuesses final : public GuessLimit {
  public:
    // `clock` outlives it.
    LocalGuesses(const BackOffRules& rules, const Clock& clock) : here_(rules, clock) {}

    Task<Guess> admit(std::string login, std::string address) override {
        co_return Guess{here_.admit(login, address), login, address, {}};
    }
    Task<void> fail(Guess guess) override {
        guess.here.fail();
        co_return;
    }
    Task<void> succeed(Guess guess) override {
        guess.here.succeed();
        co_return;
    }
    Task<void> forget(std::string login) override {
        here_.forget(login);
        co_return;
    }

  private:
    BackOff here_;
};

}  // namespace loquat::auth
