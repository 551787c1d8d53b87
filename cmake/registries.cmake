# What services/services.cmake lists, as code: contracts::all_operations() and services::all_modules().
include(${CMAKE_SOURCE_DIR}/services/services.cmake)

set(LOQUAT_CONTRACTS_REGISTRY ${CMAKE_BINARY_DIR}/generated/contracts_registry.cpp)
set(LOQUAT_SERVICES_REGISTRY ${CMAKE_BINARY_DIR}/generated/services_registry.cpp)
set(LOQUAT_SERVICE_NAMES "")
set(contract_includes "")
set(contract_makers "")
set(module_includes "")
set(modules "")
foreach(line IN LISTS LOQUAT_SERVICES)
  separate_arguments(words UNIX_COMMAND "${line}")
  list(POP_FRONT words service)
  list(APPEND LOQUAT_SERVICE_NAMES ${service})
  string(APPEND module_includes "#include \"services/${service}/module.hpp\"\n")
  string(APPEND modules "        &${service}::module,\n")
  foreach(contract IN LISTS words)
    get_filename_component(header ${contract} NAME)
    string(APPEND contract_includes "#include \"contracts/${contract}.hpp\"\n")
    string(APPEND contract_makers "        &${header}_operations,\n")
  endforeach()
endforeach()

file(CONFIGURE OUTPUT ${LOQUAT_CONTRACTS_REGISTRY} @ONLY CONTENT "#include \"contracts/registry.hpp\"

#include <iterator>

@contract_includes@
namespace loquat::contracts {

std::vector<Operation> all_operations() {
    std::vector<Operation> all;
    for (auto* const make : {
@contract_makers@    }) {
        std::vector<Operation> made = make();
        all.insert(all.end(), std::make_move_iterator(made.begin()), std::make_move_iterator(made.end()));
    }
    return all;
}

}  // namespace loquat::contracts
")

file(CONFIGURE OUTPUT ${LOQUAT_SERVICES_REGISTRY} @ONLY CONTENT "#include \"services/registry.hpp\"

@module_includes@
namespace loquat::services {

std::vector<const runtime::Module*> all_modules() {
    return {
@modules@    };
}

}  // namespace loquat::services
")
