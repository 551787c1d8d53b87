#include "services/chat/generations/catalog.hpp"

#include <algorithm>

#include "base/failure.hpp"

namespace loquat::chat {
namespace {

constexpr std::chrono::seconds fresh_for{10};

const contracts::Model* choose(const std::vector<contracts::Model>& models,
                               const std::optional<std::string>& id) {
    const auto fits = [&](const contracts::Model& one) {
        return id ? one.id == *id : one.default_;
    };
    const auto at = std::ranges::find_if(models, fits);
    if (at != models.end()) {
        return &*at;
    }
    return id || models.empty() ? nullptr : &models.front();
}

}  // namespace

Task<void> Catalog::refresh() {
    std::exception_ptr error;
    try {
        known_ = co_await models_.list_models();
        asked_at_ = clock_.steady();
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error && known_.empty()) {
        std::rethrow_exception(error);
    }
}

Task<contracts::Model> Catalog::find(std::optional<std::string> id, std::string field) {
    const bool is_fresh = asked_at_ && clock_.steady() - *asked_at_ <= fresh_for;
    if (!is_fresh || choose(known_, id) == nullptr) {
        co_await refresh();
    }
    if (const contracts::Model* model = choose(known_, id)) {
        co_return *model;
    }
    Failure unknown{Kind::invalid, "model.unknown",
                    id ? "There is no model \"" + *id + "\"." : "No model is configured."};
    if (id && !field.empty()) {
        unknown.fields.push_back(
            {std::move(field), "unknown", "is no model that can be chosen; GET /api/models"});
    }
    throw unknown;
}

}  // namespace loquat::chat
