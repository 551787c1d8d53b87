# One function per kind of folder.  A folder's sources are its *.cpp files outside tests/ and fuzz/;
# its tests are all *.cpp below tests/, its fuzz targets are fuzz/*_fuzz.cpp.

add_library(loquat_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
target_link_libraries(loquat_pch PRIVATE loquat_options)
target_precompile_headers(loquat_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.hpp)

# Asio's own code, compiled once (BOOST_ASIO_SEPARATE_COMPILATION); the precompiled header refers to it.
add_library(loquat_asio STATIC ${CMAKE_SOURCE_DIR}/cmake/asio_impl.cpp)
target_link_libraries(loquat_asio PUBLIC loquat_options)

function(loquat_target_defaults target)
  target_link_libraries(${target} PUBLIC loquat_options loquat_asio)
  target_precompile_headers(${target} REUSE_FROM loquat_pch)
  add_dependencies(${target} loquat_pch)
endfunction()

# Tests read GoogleTest besides; a folder's tests/pch.hpp names what all of its tests read.
add_library(loquat_test_pch OBJECT ${CMAKE_SOURCE_DIR}/cmake/pch.cpp)
target_link_libraries(loquat_test_pch PRIVATE loquat_options loquat_asio GTest::gmock)
target_precompile_headers(loquat_test_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.hpp <gtest/gtest.h>)

function(loquat_test_defaults target folder)
  target_link_libraries(${target} PUBLIC loquat_options loquat_asio)
  if(EXISTS ${CMAKE_SOURCE_DIR}/${folder}/tests/pch.hpp)
    target_precompile_headers(${target} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch.hpp
      ${CMAKE_SOURCE_DIR}/${folder}/tests/pch.hpp)
  else()
    target_precompile_headers(${target} REUSE_FROM loquat_test_pch)
    add_dependencies(${target} loquat_test_pch)
  endif()
endfunction()

function(loquat_sources folder out)
  file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER found EXCLUDE REGEX "/(tests|fuzz)/")
  loquat_note_embedded(${found})
  set(${out} ${found} PARENT_SCOPE)
endfunction()

# ccache does not see what a source embeds: the hash of each embedded file becomes part of the command.
function(loquat_note_embedded)
  foreach(source ${ARGN})
    file(STRINGS ${source} lines REGEX "^#embed \"")
    get_filename_component(folder ${source} DIRECTORY)
    foreach(line ${lines})
      string(REGEX REPLACE "^#embed \"([^\"]+)\".*" "${folder}/\\1" file "${line}")
      file(SHA256 ${file} sum)
      string(SUBSTRING ${sum} 0 16 sum)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
      set_property(SOURCE ${source} APPEND PROPERTY COMPILE_DEFINITIONS LOQUAT_EMBEDS_${sum})
    endforeach()
  endforeach()
endfunction()

# All fuzz targets, and nothing else: `ninja fuzzers` in the asan preset.
add_custom_target(fuzzers)

# What steers a fuzzer: which ways were taken, and what was compared with what.  Not -fsanitize=fuzzer-no-link, which the
# precompiled header would have to share.
set(LOQUAT_COVERAGE -fsanitize-coverage=inline-8bit-counters,indirect-calls,trace-cmp,pc-table)

# Tests of a folder become NAME_tests, its fuzz targets NAME_WHAT_fuzz.
function(loquat_proofs name folder library)
  file(GLOB_RECURSE tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/tests/*.cpp)
  if(tests)
    add_executable(${name}_tests ${tests})
    loquat_test_defaults(${name}_tests ${folder})
    target_link_libraries(${name}_tests PRIVATE ${library} ${ARGN} GTest::gtest GTest::gmock GTest::gtest_main)
    target_compile_definitions(${name}_tests PRIVATE LOQUAT_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name}_tests)
  endif()
  if(LOQUAT_FUZZ)
    file(GLOB fuzzers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/fuzz/*_fuzz.cpp)
    if(fuzzers)
      target_compile_options(${library} PRIVATE ${LOQUAT_COVERAGE})
    endif()
    foreach(source ${fuzzers})
      get_filename_component(what ${source} NAME_WE)
      add_executable(${name}_${what} ${source})
      loquat_target_defaults(${name}_${what})
      target_link_libraries(${name}_${what} PRIVATE ${library})
      target_link_options(${name}_${what} PRIVATE -fsanitize=fuzzer)
      add_dependencies(fuzzers ${name}_${what})
    endforeach()
  endif()
endfunction()

# testing/: what tests and benches share; its platform/ knows all services and the built program.
function(loquat_testing)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/testing/*.cpp)
  add_library(testing STATIC EXCLUDE_FROM_ALL ${sources})
  loquat_target_defaults(testing)
  target_link_libraries(testing PUBLIC runtime)
  target_compile_definitions(testing PRIVATE LOQUAT_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
endfunction()

function(loquat_testing_platform)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/testing/platform/*.cpp)
  add_library(testing_platform STATIC EXCLUDE_FROM_ALL ${sources})
  loquat_target_defaults(testing_platform)
  target_link_libraries(testing_platform PUBLIC testing services)
  target_compile_definitions(testing_platform PRIVATE LOQUAT_BINARY="$<TARGET_FILE:loquat>")
endfunction()

function(loquat_layer name)
  cmake_parse_arguments(ARG "" "" "DEPS;LIBS;TESTS" ${ARGN})
  loquat_sources(${name} sources)
  if(sources)
    add_library(${name} STATIC ${sources})
    loquat_target_defaults(${name})
    target_link_libraries(${name} PUBLIC ${ARG_DEPS} ${ARG_LIBS})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE loquat_options loquat_asio ${ARG_DEPS} ${ARG_LIBS})
  endif()
  loquat_proofs(${name} ${name} ${name} ${ARG_TESTS})
endfunction()

function(loquat_service name)
  loquat_sources(services/${name} sources)
  if(NOT sources)
    return()
  endif()
  add_library(service_${name} STATIC ${sources})
  loquat_target_defaults(service_${name})
  target_link_libraries(service_${name} PUBLIC runtime)
  set_property(GLOBAL APPEND PROPERTY LOQUAT_SERVICES service_${name})
  loquat_proofs(${name} services/${name} service_${name} testing)
endfunction()

# All of them, and services/registry.hpp.
function(loquat_services_registry)
  get_property(services GLOBAL PROPERTY LOQUAT_SERVICES)
  add_library(services STATIC ${LOQUAT_SERVICES_REGISTRY})
  loquat_target_defaults(services)
  target_link_libraries(services PUBLIC ${services} runtime)
endfunction()

function(loquat_program name)
  cmake_parse_arguments(ARG "" "FOLDER" "LIBS" ${ARGN})
  loquat_sources(${ARG_FOLDER} sources)
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  loquat_target_defaults(${name})
  target_link_libraries(${name} PRIVATE services ${ARG_LIBS})
endfunction()

# tests/ holds what crosses services; it links everything.
function(loquat_suite folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/fault/program/")
  if(NOT sources)
    return()
  endif()
  add_executable(platform_tests ${sources})
  loquat_test_defaults(platform_tests ${folder})
  target_link_libraries(platform_tests PRIVATE testing_platform GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(platform_tests PRIVATE LOQUAT_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    LOQUAT_BINARY="$<TARGET_FILE:loquat>")
  add_dependencies(platform_tests loquat)
  add_test(NAME platform COMMAND platform_tests)
endfunction()

# Who uses a platform while its parts fail, as a program of its own: tools/faults runs it.
function(loquat_fault_load)
  set(folder ${CMAKE_SOURCE_DIR}/tests/fault)
  add_executable(loquat-fault-load EXCLUDE_FROM_ALL ${folder}/program/main.cpp ${folder}/load.cpp
    ${folder}/generation_load.cpp ${folder}/edits.cpp ${folder}/turns.cpp ${folder}/checker.cpp)
  loquat_target_defaults(loquat-fault-load)
  target_link_libraries(loquat-fault-load PRIVATE testing)
endfunction()
