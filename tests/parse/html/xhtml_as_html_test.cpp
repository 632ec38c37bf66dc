#include "parse/html/xhtml_as_html.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crawl {
namespace {

TEST(XhtmlAsHtml, HasTheSameElements) {
  for (const auto& [xhtml, html] :
       std::vector<std::pair<std::string_view, std::string_view>>{
           {"", ""},
           {"<p>a</p>", "<p>a</p>"},
           {"<title/><p>a</p>", "<title></title><p>a</p>"},
           {"<script src='a.js'/>b", "<script src='a.js'></script>b"},
           {"<script src=\"a>b\" />c", "<script src=\"a>b\" ></script>c"},
           {"<div class='x'/>b", "<div class='x'></div>b"},
           {"<a\n id='t'\n/>b", "<a\n id='t'\n></a>b"},
           {"<svg:path d=''/>", "<svg:path d=''></svg:path>"},
           {"<P/>", "<P></p>"},
           // Elements that are always empty.
           {"<br/><img src='x'/><link href='y' />",
            "<br/><img src='x'/><link href='y' />"},
           {"a<br></br>b<hr></hr>c", "a<br>b<hr>c"},
           // Text.
           {"<p><![CDATA[a < b && c]]></p>", "<p>a &lt; b &amp;&amp; c</p>"},
           {"<![CDATA[</p>]]]]>", "&lt;/p>]]"},
           {"<![CDATA[a", "a"},
           {"<script>//<![CDATA[\nif (a<b/>c) x();\n//]]></script><p/>",
            "<script>//<![CDATA[\nif (a<b/>c) x();\n//]]></script><p></p>"},
           {"<style>a>b{}</style>", "<style>a>b{}</style>"},
           // What is no element.
           {"<?xml version='1.0' encoding='latin1'?><p/>",
            "<?xml version='1.0' encoding='latin1'?><p></p>"},
           {"<?xml-stylesheet href='a>b'?>c<?php d > e ?>f", "cf"},
           {"<!-- <p/> <![CDATA[ -->a", "<!-- <p/> <![CDATA[ -->a"},
           {"<!DOCTYPE html><p/>", "<!DOCTYPE html><p></p>"},
           {"<!DOCTYPE html PUBLIC 'a' 'b' [<!ENTITY x '<p/>'>]>c",
            "<!DOCTYPE html PUBLIC 'a' 'b' >c"},
           {"<!DOCTYPE a [\n<!ENTITY x 'y'>\n]\n><?b\n?>c",
            "<!DOCTYPE a >\n\n\n\nc"},
           // What is no XML.
           {"a < b <", "a < b <"},
           {"<p", "<p"},
           {"<p title='", "<p title='"},
           {"<p title='/>", "<p title='/>"},
           {"<!-- a", "<!-- a"},
           {"<!", "<!"},
           {"<!DOCTYPE x [", "<!DOCTYPE x >"},
           {"<?", ""},
           {"</", "</"},
           {"</br", ""},
           {"<script>a", "<script>a"},
           {"<input disabled/>", "<input disabled/>"},
       }) {
    EXPECT_EQ(xhtml_as_html(xhtml), html) << xhtml;
  }
}

TEST(XhtmlAsHtml, Utf16IsGivenBackAsItIs) {
  const std::string wide("<\0p\0/\0>\0", 8);
  EXPECT_EQ(xhtml_as_html(wide), wide);
}

}  // namespace
}  // namespace crawl
