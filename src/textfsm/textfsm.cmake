# libtextfsm for other programs: the textfsm and regex rooms and what they use of base, shared
# (versioned symbols) and static (one object that shows no other names than textfsm_*).
file(GLOB textfsm_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/textfsm/*.c
     ${CMAKE_CURRENT_SOURCE_DIR}/regex/*.c)
foreach(name alloc arena deadline err strbuf utf8)
  list(APPEND textfsm_sources ${CMAKE_CURRENT_SOURCE_DIR}/base/${name}.c)
endforeach()
set(textfsm_includes ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
set(textfsm_map ${CMAKE_CURRENT_SOURCE_DIR}/textfsm/textfsm.map)

add_library(textfsm_objects OBJECT ${textfsm_sources})
target_include_directories(textfsm_objects PRIVATE ${textfsm_includes})
target_link_libraries(textfsm_objects PRIVATE lib_pcre2 lib_unistring)

add_library(textfsm_shared SHARED $<TARGET_OBJECTS:textfsm_objects>)
set_target_properties(textfsm_shared PROPERTIES OUTPUT_NAME textfsm
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} LINK_DEPENDS ${textfsm_map})
target_link_libraries(textfsm_shared PRIVATE lib_pcre2 lib_unistring)
target_link_options(textfsm_shared PRIVATE LINKER:--version-script=${textfsm_map}
                    LINKER:--no-undefined-version)

set(textfsm_object ${CMAKE_CURRENT_BINARY_DIR}/libtextfsm.o)
add_custom_command(OUTPUT ${textfsm_object}
  COMMAND ${CMAKE_LINKER} -r -o ${textfsm_object} $<TARGET_OBJECTS:textfsm_objects>
  COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${textfsm_object}
  DEPENDS textfsm_objects $<TARGET_OBJECTS:textfsm_objects>
  COMMAND_EXPAND_LISTS VERBATIM)
set_source_files_properties(${textfsm_object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
add_library(textfsm_static STATIC ${textfsm_object})
set_target_properties(textfsm_static PROPERTIES LINKER_LANGUAGE C OUTPUT_NAME textfsm
  ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)

if(UNISTRING_INCLUDE AND UNISTRING_LIBRARY)
  set(TEXTFSM_LIBS_PRIVATE "-lunistring")
endif()
configure_file(textfsm/textfsm.pc.in ${CMAKE_CURRENT_BINARY_DIR}/textfsm.pc @ONLY)
install(TARGETS textfsm_shared textfsm_static COMPONENT textfsm
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${PROJECT_SOURCE_DIR}/include/textfsm.h COMPONENT textfsm
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/textfsm.pc COMPONENT textfsm
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/textfsm/textfsm.3 COMPONENT textfsm
        DESTINATION ${CMAKE_INSTALL_MANDIR}/man3)
