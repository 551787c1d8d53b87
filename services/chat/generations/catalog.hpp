#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "services/chat/generations/ports.hpp"

namespace loquat::chat {

// The models that can be chosen, asked for again from time to time; when nobody answers, as last
// known.
class Catalog {
  public:
    Catalog(ModelPort& models, const Clock& clock) : models_(models), clock_(clock) {}

    // The one of that id, or the default one.  `model.unknown` (422) when there is none.
    Task<contracts::Model> find(std::optional<std::string> id, std::string field = {});

  private:
    Task<void> refresh();

    ModelPort& models_;
    const Clock& clock_;
    std::vector<contracts::Model> known_;
    std::optional<Steady> asked_at_;
};

}  // namespace loquat::chat
