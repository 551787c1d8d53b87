#include "runtime/stores/families.hpp"
#include "store/broadcast/local_broadcast.hpp"

namespace loquat::runtime {

std::vector<StoreAdapter> broadcast_adapters() {
    return {make_adapter<store::Broadcast>("broadcast", "local", [](Stores&, const StoreGround&) {
        return store::make_local_broadcast();
    })};
}

}  // namespace loquat::runtime
