# Helpers of the top CMakeLists.txt. Sources are found by folder, so that adding a file needs no edit here.

if(PROJECT_IS_TOP_LEVEL)
  find_program(CCACHE_PROGRAM ccache)
  if(CCACHE_PROGRAM)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  endif()
endif()

# How our own sources are compiled. Nothing of it reaches whoever uses the library.
add_library(encke_flags INTERFACE)
target_compile_options(encke_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  $<$<BOOL:${ENCKE_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 reports these inside the standard library and Boost, for code that is correct.
  target_compile_options(encke_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict -Wno-array-bounds
    -Wno-stringop-overflow -Wno-stringop-overread -Wno-mismatched-new-delete -Wno-dangling-pointer)
endif()
target_include_directories(encke_flags INTERFACE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
target_compile_definitions(encke_flags INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
  BOOST_ASIO_HAS_CO_AWAIT=1)

# Asio's deprecated hooks must be in its compiled part: the linker may give this copy of Asio to a program that does not
# define BOOST_ASIO_NO_DEPRECATED and calls them.
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/hub/asio.cpp PROPERTIES
  COMPILE_OPTIONS -UBOOST_ASIO_NO_DEPRECATED)

# encke_layer(name DEPENDS targets...): src/<name>/*.cpp as the objects encke_<name>_objects, and the static library
# encke_<name> of them, for tests that take a layer alone and see what the library hides.
function(encke_layer name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  add_library(encke_${name}_objects OBJECT EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(encke_${name}_objects PRIVATE encke_flags ${ARG_DEPENDS})
  set_target_properties(encke_${name}_objects PROPERTIES
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  if(ENCKE_SHARED)
    set_target_properties(encke_${name}_objects PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_compile_options(encke_${name}_objects PRIVATE -fno-semantic-interposition)
  endif()
  add_library(encke_${name} STATIC EXCLUDE_FROM_ALL $<TARGET_OBJECTS:encke_${name}_objects>)
  set_target_properties(encke_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(encke_${name} PUBLIC encke_flags ${ARG_DEPENDS})
endfunction()

# encke_library(layers...): the library `encke` (encke::encke) of all layers. With ENCKE_SHARED it is libencke.so, and
# `encke_static` (encke::encke_static) is libencke.a beside it; without, both names mean libencke.a.
function(encke_library)
  set(objects)
  foreach(name ${ARGN})
    list(APPEND objects $<TARGET_OBJECTS:encke_${name}_objects>)
  endforeach()
  if(ENCKE_SHARED)
    add_library(encke SHARED ${objects})
    set_target_properties(encke PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
    set(internals ${PROJECT_SOURCE_DIR}/cmake/internals.map)
    target_link_options(encke PRIVATE -Wl,--no-undefined -Wl,--as-needed -Wl,--version-script=${internals})
    set_target_properties(encke PROPERTIES LINK_DEPENDS ${internals})
    add_library(encke_static STATIC ${objects})
    set_target_properties(encke_static PROPERTIES OUTPUT_NAME encke)
    add_library(encke::encke_static ALIAS encke_static)
    set(targets encke encke_static)
  else()
    add_library(encke STATIC ${objects})
    add_library(encke::encke_static ALIAS encke)
    set(targets encke)
  endif()
  add_library(encke::encke ALIAS encke)
  foreach(target ${targets})
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
    target_compile_features(${target} INTERFACE cxx_std_20)
    if(ENCKE_MESSAGEPACK)
      target_compile_definitions(${target} INTERFACE ENCKE_HAS_MESSAGEPACK)
    endif()
    target_include_directories(${target} INTERFACE
      $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
    target_link_libraries(${target} PUBLIC Boost::headers Boost::json Threads::Threads
      PRIVATE OpenSSL::SSL OpenSSL::Crypto ZLIB::ZLIB PkgConfig::CJOSE)
  endforeach()
endfunction()

# The layer messagepack, where the headers of msgpack-cxx are; ENCKE_MESSAGEPACK names it then. Without it
# msgpack_parser() is not built, and whoever links against encke_server lacks ENCKE_HAS_MESSAGEPACK.
function(encke_messagepack)
  find_path(MSGPACK_INCLUDE_DIR msgpack.hpp)
  if(NOT MSGPACK_INCLUDE_DIR)
    message(STATUS "msgpack.hpp is missing: msgpack_parser() is not built")
    return()
  endif()
  encke_layer(messagepack DEPENDS encke_base encke_socketio)
  target_include_directories(encke_messagepack_objects SYSTEM PRIVATE ${MSGPACK_INCLUDE_DIR})
  target_compile_definitions(encke_messagepack PUBLIC ENCKE_HAS_MESSAGEPACK)
  set(ENCKE_MESSAGEPACK messagepack PARENT_SCOPE)
endfunction()

# One test binary per layer: unit_<layer>, from tests/unit/<layer> and the folders in it.
function(encke_unit_tests)
  foreach(name ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/${name}/*.cpp)
    if(sources)
      encke_test(unit_${name} encke_${name} ${sources})
    endif()
  endforeach()
endfunction()

# Tests that run a whole server on loopback: tests/<name>/*.cpp.
function(encke_server_tests)
  foreach(name ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${name}/*.cpp)
    if(sources)
      encke_test(${name} encke_jwt ${sources})
      set_tests_properties(${name} PROPERTIES TIMEOUT 900)
    endif()
  endforeach()
endfunction()

function(encke_test target library)
  add_executable(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE ${library} GTest::gmock GTest::gtest_main)
  # Where the source lies is known to the few tests that read files of it: a definition would keep all others from what
  # a compiler cache has of another checkout.
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/support/source_dir.hpp
    CONTENT "#pragma once\n#define ENCKE_SOURCE_DIR \"${PROJECT_SOURCE_DIR}\"\n")
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests ${PROJECT_BINARY_DIR}/generated)
  add_test(NAME ${target} COMMAND ${target} --gtest_brief=1)
  set_tests_properties(${target} PROPERTIES TIMEOUT 300)
endfunction()

# One libFuzzer binary per decoder: fuzz_<x> from fuzz/<x>_fuzz.cpp.
function(encke_fuzzers)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/fuzz/*_fuzz.cpp)
  foreach(source ${sources})
    get_filename_component(name ${source} NAME_WE)
    string(REPLACE "_fuzz" "" name ${name})
    add_executable(fuzz_${name} ${source})
    target_link_libraries(fuzz_${name} PRIVATE encke_http encke_websocket encke_engineio encke_socketio
      $<TARGET_NAME_IF_EXISTS:encke_messagepack>)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
endfunction()

# encke_embed(variable folder): sets the variable to a .cpp that holds the files of the folder, made again when they change.
function(encke_embed variable folder)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*)
  get_filename_component(name ${folder} NAME)
  set(output ${PROJECT_BINARY_DIR}/embedded/${name}_files.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D FOLDER=${folder} -D OUTPUT=${output} -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
  set(${variable} ${output} PARENT_SCOPE)
endfunction()

function(encke_gateway)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/gateway/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  encke_embed(page_source ${PROJECT_SOURCE_DIR}/gateway/debug/page)
  list(APPEND sources ${page_source})
  add_library(encke_gateway_objects OBJECT EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(encke_gateway_objects PUBLIC encke_flags Boost::headers Boost::json OpenSSL::Crypto fmt::fmt
    CLI11::CLI11 PkgConfig::TOMLPP prometheus-cpp::core Threads::Threads)
  # For tests and benches, with the layers; the program itself takes the library as anybody would.
  add_library(encke_gateway STATIC EXCLUDE_FROM_ALL $<TARGET_OBJECTS:encke_gateway_objects>)
  target_link_libraries(encke_gateway PUBLIC encke_server encke_jwt fmt::fmt CLI11::CLI11
    PkgConfig::TOMLPP prometheus-cpp::core)
  target_include_directories(encke_flags INTERFACE ${PROJECT_SOURCE_DIR})
  # Where a build from source finds the browser client and the page; packages set their own places.
  set(ENCKE_CLIENT_DIR "${PROJECT_SOURCE_DIR}/tests/e2e/node_modules/client4/dist" CACHE PATH "folder with socket.io.js")
  if(NOT EXISTS ${ENCKE_CLIENT_DIR}/socket.io.js)
    message(WARNING "no browser client: ${ENCKE_CLIENT_DIR}/socket.io.js is missing, so what is built here serves none "
      "and its pages cannot connect. `npm ci --prefix tests/e2e --ignore-scripts` brings it, or set ENCKE_CLIENT_DIR "
      "to the `dist` of the npm package socket.io-client.")
  endif()
  set(ENCKE_ASSETS_DIR "${PROJECT_SOURCE_DIR}/assets" CACHE PATH "folder of the inbox page")
  set_property(SOURCE ${PROJECT_SOURCE_DIR}/gateway/app.cpp APPEND PROPERTY COMPILE_DEFINITIONS
    ENCKE_CLIENT_DIR="${ENCKE_CLIENT_DIR}" ENCKE_ASSETS_DIR="${ENCKE_ASSETS_DIR}")
  if(EXISTS ${PROJECT_SOURCE_DIR}/gateway/main.cpp)
    add_executable(encke_bin ${PROJECT_SOURCE_DIR}/gateway/main.cpp)
    set_target_properties(encke_bin PROPERTIES OUTPUT_NAME encke)
    target_link_libraries(encke_bin PRIVATE encke_gateway_objects encke encke_allocator)
  endif()
endfunction()

# encke_allocator: what a program links to have jemalloc for its malloc. Sanitizers bring an allocator of their own, and
# then it is empty, as where jemalloc is missing. Static, so that a program needs no library beside it.
function(encke_find_allocator)
  add_library(encke_allocator INTERFACE)
  if(NOT ENCKE_JEMALLOC OR CMAKE_CXX_FLAGS MATCHES "-fsanitize|--coverage")
    return()
  endif()
  find_library(JEMALLOC NAMES jemalloc_pic jemalloc)
  if(NOT JEMALLOC)
    message(WARNING "jemalloc is missing: encke will have the C library's malloc and no heap profiles")
    return()
  endif()
  target_link_libraries(encke_allocator INTERFACE -Wl,--undefined=mallctl,--undefined=nallocx ${JEMALLOC})
endfunction()

# Stand-alone programs on the public API, one file each.
function(encke_programs)
  foreach(source ${ARGN})
    if(EXISTS ${PROJECT_SOURCE_DIR}/${source})
      get_filename_component(name ${source} NAME_WE)
      add_executable(${name} ${source})
      target_link_libraries(${name} PRIVATE encke_flags encke CLI11::CLI11)
      set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
    endif()
  endforeach()
endfunction()

# Servers for the public protocol suites: build/<preset>/conformance/<name>.
function(encke_conformance_servers)
  foreach(name ${ARGN})
    if(EXISTS ${PROJECT_SOURCE_DIR}/tests/conformance/${name}.cpp)
      add_executable(${name} ${PROJECT_SOURCE_DIR}/tests/conformance/${name}.cpp)
      if(name STREQUAL "ws_echo") # it uses nothing of the server
        target_link_libraries(${name} PRIVATE encke_websocket CLI11::CLI11 Threads::Threads)
      else()
        target_link_libraries(${name} PRIVATE encke_server CLI11::CLI11)
      endif()
      target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
      set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/conformance)
    endif()
  endforeach()
endfunction()

# What the compiler says about mistakes in handlers: tests/mistakes. The words around it are those of GCC.
function(encke_mistakes_test)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize|--coverage")
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    set(folders $<TARGET_PROPERTY:Boost::headers,INTERFACE_INCLUDE_DIRECTORIES>)
    add_test(NAME mistakes COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tests/mistakes/mistakes_test.py
      ${CMAKE_CXX_COMPILER} -std=c++${CMAKE_CXX_STANDARD} -I${PROJECT_SOURCE_DIR}/include
      "-idirafter$<JOIN:${folders},;-idirafter>" COMMAND_EXPAND_LISTS)
    set_tests_properties(mistakes PROPERTIES TIMEOUT 300)
  endif()
endfunction()

# Each public header compiles alone.
function(encke_header_tests)
  file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/encke/*.hpp)
  set(sources)
  foreach(header ${headers})
    string(MAKE_C_IDENTIFIER ${header} name)
    set(source ${PROJECT_BINARY_DIR}/headers/${name}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include <${header}>\n#include <${header}>\n")
    list(APPEND sources ${source})
  endforeach()
  if(sources)
    add_library(public_headers OBJECT ${sources})
    target_link_libraries(public_headers PRIVATE encke_flags encke_server)
  endif()
endfunction()
