#include "services/newthing/module.hpp"

#include "runtime/context.hpp"
#include "services/newthing/adapters/memory_entries.hpp"
#include "services/newthing/newthing.hpp"

namespace loquat::newthing {
namespace {

class NewthingService final : public runtime::Service {
  public:
    explicit NewthingService(runtime::Context& context)
        : newthing_(context.config<Config>(), entries_, context.clock()) {
        context.expose<contracts::NewthingApi>(newthing_, contracts::newthing_operations());
    }

  private:
    MemoryEntries entries_;
    Newthing newthing_;
};

runtime::ConfigSection section() { return runtime::config_section<Config>("newthing"); }

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<NewthingService>(context);
}

}  // namespace

const runtime::Module module{.name = "newthing", .config = &section, .make = &make};

}  // namespace loquat::newthing
