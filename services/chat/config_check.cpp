#include "services/chat/config_check.hpp"

#include "services/chat/config.hpp"

namespace loquat::chat {

void check_config(const runtime::Config& config, runtime::ConfigFindings& findings) {
    if (config.get<ChatConfig>("chat").instances == Instances::several) {
        runtime::check_several(config.get<runtime::StoreConfig>("store"), "chat.instances",
                               {"sql", "log", "broadcast"}, findings);
    }
}

}  // namespace loquat::chat
