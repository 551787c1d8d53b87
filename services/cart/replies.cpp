#include "services/cart/replies.hpp"

#include "contracts/core/versions.hpp"

namespace loquat::cart {
namespace {

constexpr std::string_view etag_field = "ETag";

Failure no_line() { return {Kind::not_found, "cart.line_not_found", "That is not in the cart."}; }

}  // namespace

ShopSessionId to_session_id(std::string_view ref) {
    const auto id = contracts::parse_ref<ShopSessionId>(ref, "session");
    if (!id) {
        throw no_session();
    }
    return *id;
}

Failure no_session() {
    return {Kind::not_found, "session.not_found", "There is no such shopping session."};
}

Failure too_busy() {
    return Failure{Kind::unavailable, "server.overloaded",
                   "Too much happens to this cart at once. Try again in a moment."}
        .retry_in(std::chrono::seconds{1});
}

contracts::CartReply to_reply(const contracts::Cart& cart) {
    return {.body = {wire::encode(cart)},
            .headers = {{std::string{etag_field}, contracts::to_etag(cart.version)}}};
}

contracts::CartReply to_replayed(store::KeptAnswer answer) {
    return {.body = {std::move(answer.body)},
            .status = static_cast<int>(answer.status),
            .headers = {{std::string{etag_field}, std::move(answer.etag)},
                        {"Idempotent-Replayed", "true"}}};
}

store::KeptAnswer to_kept(const contracts::CartReply& reply) {
    return {.status = reply.status, .body = reply.body.json, .etag = reply.headers.front().second};
}

LineWish wish_of(const contracts::UpdateCart& request,
                 const std::optional<Products::Named>& named) {
    LineWish wish;
    if (named) {
        wish.product = named->product;
        wish.variant = named->variant;
    } else {
        wish.product = contracts::parse_ref<ProductId>(*request.product_id, "product");
    }
    if (request.variant_id) {
        wish.variant = VariantId::parse(*request.variant_id);
    }
    if (!wish.product || (request.variant_id && !wish.variant)) {
        throw no_line();
    }
    return wish;
}

}  // namespace loquat::cart
