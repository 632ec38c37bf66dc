"""Pages in the manner of well-known generators, with all that they put around a
text. Each function takes a title, the body as HTML and some more, and returns a
page and the lines of its own that belong to the content, before and behind."""

MENU = ["Home", "Products", "Articles", "Documentation", "Community", "About us", "Contact"]
OTHERS = ["Ten things we learned this year", "Why the old harbour matters", "A walk along the canal",
          "Notes from the workshop", "What to plant in April", "Reading list for the winter"]


def links(names, item="<li>{}</li>", base="/x"):
    return "\n".join(item.format(f'<a href="{base}/{i}">{n}</a>') for i, n in enumerate(names))


def wordpress(title, body, extra):
    comments = "".join(
        f'<li class="comment even depth-1" id="comment-{i}"><article class="comment-body"><footer class="comment-meta"><div class="comment-author vcard"><b class="fn">{n}</b> <span class="says">says:</span></div><div class="comment-metadata"><a href="#c{i}"><time>March {i + 3}, 2024 at 9:1{i} am</time></a></div></footer><div class="comment-content"><p>{t}</p></div><div class="reply"><a href="#">Reply</a></div></article></li>'
        for i, (n, t) in enumerate([("Joan", "Lovely, I had no idea. My aunt still has one of these in her attic."), ("Piotr K.", "Does this work with the newer kind as well? I tried and had no luck at all."), ("Anna", "@Piotr yes it does, but you have to wait longer.")]))
    page = f"""<!DOCTYPE html><html lang="en-US"><head><meta charset="UTF-8"><title>{title} &#8211; The Kitchen Table</title>
<meta property="og:type" content="article"><meta property="article:published_time" content="2024-03-02T08:00:00+00:00"></head>
<body class="post-template-default single single-post postid-42 wp-embed-responsive has-sidebar">
<a class="skip-link screen-reader-text" href="#content">Skip to content</a>
<div id="page" class="site"><header id="masthead" class="site-header"><div class="site-branding"><p class="site-title"><a href="/">The Kitchen Table</a></p><p class="site-description">Letters from a small town</p></div>
<nav id="site-navigation" class="main-navigation"><button class="menu-toggle">Menu</button><ul id="primary-menu" class="menu">{links(MENU)}</ul></nav></header>
<div id="content" class="site-content"><div id="primary" class="content-area"><main id="main" class="site-main">
<article id="post-42" class="post-42 post type-post hentry category-letters"><header class="entry-header"><h1 class="entry-title">{title}</h1><div class="entry-meta"><span class="posted-on">Posted on <a href="#"><time class="entry-date published" datetime="2024-03-02">March 2, 2024</time></a></span><span class="byline"> by <span class="author vcard"><a class="url fn n" href="/author/e">Edith Moor</a></span></span></div></header>
<div class="entry-content">{body}
<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul><li><a href="#">Twitter</a></li><li><a href="#">Facebook</a></li><li><a href="#">Email</a></li></ul></div>
<div id="jp-relatedposts" class="jp-relatedposts"><h3 class="jp-relatedposts-headline"><em>Related</em></h3>{links(OTHERS[:3], '<div class="jp-relatedposts-post">{}<p>In "Letters"</p></div>')}</div></div>
<footer class="entry-footer"><span class="cat-links">Posted in <a href="#">Letters</a></span><span class="tags-links">Tagged <a href="#">history</a>, <a href="#">home</a></span></footer></article>
<nav class="navigation post-navigation"><h2 class="screen-reader-text">Post navigation</h2><div class="nav-links"><div class="nav-previous"><a href="#">{OTHERS[4]}</a></div><div class="nav-next"><a href="#">{OTHERS[5]}</a></div></div></nav>
<div id="comments" class="comments-area"><h2 class="comments-title">3 thoughts on &ldquo;{title}&rdquo;</h2><ol class="comment-list">{comments}</ol>
<div id="respond" class="comment-respond"><h3 id="reply-title" class="comment-reply-title">Leave a Reply</h3><form action="/wp-comments-post.php" method="post"><p class="comment-notes">Your email address will not be published. Required fields are marked *</p><p><label for="comment">Comment *</label> <textarea></textarea></p><p><label>Name *</label><input></p><input type="submit" value="Post Comment"></form></div></div>
</main></div>
<aside id="secondary" class="widget-area"><section id="search-2" class="widget widget_search"><form role="search"><label><span class="screen-reader-text">Search for:</span><input></label></form></section>
<section id="recent-posts-2" class="widget widget_recent_entries"><h2 class="widget-title">Recent Posts</h2><ul>{links(OTHERS)}</ul></section>
<section id="text-3" class="widget widget_text"><h2 class="widget-title">About</h2><div class="textwidget"><p>I live in a house with a garden and too many books, and write a letter every Saturday. Thank you for reading.</p></div></section></aside></div>
<footer id="colophon" class="site-footer"><div class="site-info"><a href="https://wordpress.org/">Proudly powered by WordPress</a> | Theme: Plain by Someone.</div></footer></div></body></html>"""
    return page, ["Posted on March 2, 2024 by Edith Moor"], []


def ghost(title, body, extra):
    page = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body class="post-template tag-notes">
<div class="gh-viewport"><header id="gh-head" class="gh-head outer"><div class="gh-head-inner"><a class="gh-head-logo" href="/">North Notes</a><nav class="gh-head-menu"><ul class="nav">{links(MENU[:4])}</ul></nav><div class="gh-head-actions"><a class="gh-head-link" href="#/portal/signin">Sign in</a><a class="gh-head-button" href="#/portal/signup">Subscribe</a></div></div></header>
<div class="site-content"><main id="site-main" class="site-main"><article class="article post tag-notes"><header class="article-header gh-canvas"><div class="article-tag"><a href="/tag/notes">Notes</a></div><h1 class="article-title">{title}</h1></header>
<section class="gh-content gh-canvas">{body}</section></article></main>
<section class="footer-cta outer"><div class="inner"><h2 class="footer-cta-title">Sign up for more like this.</h2><a class="footer-cta-button" href="#">Enter your email</a></div></section>
<aside class="read-more-wrap outer"><div class="read-more inner">{links(OTHERS[:3], '<article class="post-card post"><div class="post-card-content"><h2 class="post-card-title">{}</h2><div class="post-card-excerpt">A few words on what happened when we went out to look for ourselves, and what we brought back with us.</div><footer class="post-card-meta">Mar 12, 2024 &bull; 4 min read</footer></div></article>')}</div></aside></div>
<footer class="site-footer outer"><div class="inner"><section class="copyright"><a href="/">North Notes</a> &copy; 2024</section><div class="gh-powered-by"><a href="https://ghost.org/">Powered by Ghost</a></div></div></footer></div></body></html>"""
    return page, [], []


def medium(title, body, extra):
    page = f"""<!doctype html><html lang="en"><head><title>{title} | by Edith Moor | Medium</title></head><body><div id="root"><div class="a b c">
<div class="d e f"><div class="g h i j"><div class="k l"><a href="/m">Open in app</a></div><div class="k l"><a class="m n" href="/signup">Sign up</a> <a class="m n" href="/signin">Sign in</a></div></div></div>
<div class="o p"><div class="ab q"><div class="r s t"><div class="u v"><h1 class="pw-post-title w x">{title}</h1></div>
<div class="y z"><div class="ac ad">{body}</div></div>
<div class="ae af ag"><div class="ah"><a href="/tag/a">History</a><a href="/tag/b">Craft</a><a href="/tag/c">Notes</a></div></div></div></div></div>
<div class="ai aj"><div class="ak al"><h2 class="am">Written by Edith Moor</h2><div class="an"><a href="/f">412 Followers</a></div><div class="ao"><a href="/s">Follow</a></div></div></div>
<div class="ai ap"><h2 class="aq">More from Edith Moor</h2>{links(OTHERS[:4], '<div class="ar as"><div class="at">{}</div><div class="au"><a href="/c">3 min read</a></div></div>')}</div>
<div class="av"><a href="/help">Help</a><a href="/status">Status</a><a href="/about">About</a><a href="/privacy">Privacy</a><a href="/terms">Terms</a></div></div></div></body></html>"""
    return page, [], []


def discourse(title, body, extra):
    replies = ["Thanks, that is what I was looking for. One thing I would add: write down what you changed, since in half a year you will not remember why.",
               "I did the same last week and it went wrong at the second step. It turned out that the file had been copied in text mode. After another copy all was well.",
               "Marked as the answer. We should put this into the handbook."]
    posts = "".join(
        f'<div id="post_{i + 2}" itemprop="comment" itemscope class="topic-body crawler-post"><div class="crawler-post-meta"><span class="creator" itemprop="author"><a rel="nofollow" href="/u/{n}"><span itemprop="name">{n}</span></a></span> <span class="crawler-post-infos"><time class="post-time" datetime="2024-02-0{i + 3}">February {i + 3}, 2024, 8:0{i}am</time> <span itemprop="position">{i + 2}</span></span></div><div class="post" itemprop="text"><p>{t}</p></div><div class="crawler-linkback-list"></div></div>'
        for i, (n, t) in enumerate(zip(["marit", "old_hand", "kim"], replies)))
    page = f"""<!DOCTYPE html><html lang="en"><head><title>{title} - Support - Workshop Forum</title></head><body class="crawler">
<header><a href="/">Workshop Forum</a></header>
<div id="main-outlet" class="wrap" role="main"><div id="topic-title"><h1><a href="/t/1">{title}</a></h1><div class="topic-category" itemscope><span><a href="/c/support" class="badge-wrapper bullet"><span class="badge-category">Support</span></a></span></div></div>
<div itemscope itemtype="http://schema.org/DiscussionForumPosting"><div id="post_1" class="topic-body crawler-post"><div class="crawler-post-meta"><span class="creator" itemprop="author"><a rel="nofollow" href="/u/edith"><span itemprop="name">edith</span></a></span> <span class="crawler-post-infos"><time class="post-time" datetime="2024-02-01">February 1, 2024, 7:30pm</time> <span itemprop="position">1</span></span></div><div class="post" itemprop="text">{body}</div></div>{posts}</div>
<div id="related-topics" class="more-topics__list"><h3 class="more-topics__list-title">Related topics</h3><table class="topic-list"><thead><tr><th>Topic</th><th>Replies</th><th>Views</th><th>Activity</th></tr></thead><tbody>{links(OTHERS, '<tr class="topic-list-item"><td class="main-link"><span class="link-top-line">{}</span></td><td class="replies">4</td><td class="views">812</td><td>March 5, 2023</td></tr>')}</tbody></table></div></div>
<footer class="container wrap"><nav class="crawler-nav"><ul><li><a href="/">Home</a></li><li><a href="/categories">Categories</a></li><li><a href="/guidelines">Guidelines</a></li><li><a href="/tos">Terms of Service</a></li></ul></nav><p class="powered-by-link">Powered by <a href="https://www.discourse.org">Discourse</a>, best viewed with JavaScript enabled</p></footer></body></html>"""
    head = []
    tail = []
    for i, (n, t) in enumerate(zip(["marit", "old_hand", "kim"], replies)):
        tail += [n, t]
    return page, head + ["edith"], tail


def phpbb(title, body, extra):
    replies = [("Ulla", "I have had the same trouble for years and this is the first explanation that makes sense to me. What do you use for the second step?"),
               ("Bertil", "Whatever is in the drawer. It is not as delicate as people say. But do let it rest before you go on, that part is true.")]
    def post(i, who, text):
        return f'<div id="p{i}" class="post has-profile bg{i % 2 + 1}"><div class="inner"><dl class="postprofile" id="profile{i}"><dt class="has-profile-rank"><a href="./memberlist.php?u={i}" class="username">{who}</a></dt><dd class="profile-posts"><strong>Posts:</strong> <a href="#">{i * 37 + 4}</a></dd><dd class="profile-joined"><strong>Joined:</strong> Tue Jan 0{i + 1}, 2019</dd></dl><div class="postbody"><div id="post_content{i}"><h3><a href="#p{i}">Re: {title}</a></h3><p class="author"><a class="unread" href="#p{i}">Post</a> by <strong><a href="#" class="username">{who}</a></strong> &raquo; Sat Feb 1{i}, 2023 9:1{i} am</p><div class="content">{text}</div><div class="signature">Measure twice, cut once.</div></div></div><div class="back2top"><a href="#top">Top</a></div></div></div><hr class="divider">'
    posts = "".join(post(i + 1, who, text) for i, (who, text) in enumerate(replies))
    page = f"""<!DOCTYPE html><html dir="ltr" lang="en-gb"><head><title>{title} - Builders' Board</title></head><body id="phpbb" class="nojs notouch section-viewtopic ltr"><div id="wrap" class="wrap"><a id="top" class="top-anchor"></a>
<div id="page-header"><div class="headerbar" role="banner"><div class="inner"><div id="site-description" class="site-description"><h1>Builders' Board</h1><p>A place for those who make things</p></div></div></div>
<div class="navbar" role="navigation"><div class="inner"><ul id="nav-main" class="nav-main linklist"><li><a href="#">FAQ</a></li><li><a href="#">Login</a></li><li><a href="#">Register</a></li></ul><ul id="nav-breadcrumbs" class="nav-breadcrumbs linklist navlinks"><li class="breadcrumbs"><span class="crumb"><a href="/"><span>Board index</span></a></span><span class="crumb"><a href="/f"><span>Workshop</span></a></span></li></ul></div></div></div>
<div id="page-body" class="page-body" role="main"><h2 class="topic-title"><a href="./viewtopic.php?t=9">{title}</a></h2>
<div class="action-bar bar-top"><a href="#" class="button">Post Reply</a><div class="pagination">3 posts &bull; Page <strong>1</strong> of <strong>1</strong></div></div>
{post(0, "Edith", body)}{posts}
<div class="action-bar bar-bottom"><a href="#" class="button">Post Reply</a><div class="pagination">3 posts &bull; Page <strong>1</strong> of <strong>1</strong></div></div><div class="action-bar actions-jump"><p class="jumpbox-return"><a href="#">Return to &ldquo;Workshop&rdquo;</a></p></div>
<div class="stat-block online-list"><h3>Who is online</h3><p>Users browsing this forum: No registered users and 4 guests</p></div></div>
<div id="page-footer" class="page-footer" role="contentinfo"><div class="navbar" role="navigation"><ul class="nav-footer linklist"><li><a href="#">Board index</a></li><li>All times are <span>UTC</span></li><li><a href="#">Delete cookies</a></li></ul></div><div class="copyright"><p class="footer-row">Powered by <a href="https://www.phpbb.com/">phpBB</a>&reg; Forum Software</p></div></div></div></body></html>"""
    tail = []
    for who, text in replies:
        tail += [who, text]
    return page, ["Edith"], tail


def shopify(title, body, extra):
    page = f"""<!doctype html><html class="no-js" lang="en"><head><title>{title} &ndash; Fjell Outdoor</title></head><body class="gradient template-product"><a class="skip-to-content-link button visually-hidden" href="#MainContent">Skip to content</a>
<div id="shopify-section-announcement-bar" class="shopify-section"><div class="announcement-bar" role="region"><p class="announcement-bar__message">Free shipping over 75 EUR</p></div></div>
<div id="shopify-section-header" class="shopify-section section-header"><header class="header"><a class="header__heading-link" href="/"><span class="h2">Fjell Outdoor</span></a><nav class="header__inline-menu"><ul class="list-menu">{links(["Tents", "Packs", "Clothing", "Sale"])}</ul></nav><div class="header__icons"><a href="/cart" class="header__icon">Cart</a></div></header></div>
<main id="MainContent" class="content-for-layout focus-none" role="main"><section class="shopify-section section"><div class="product product--large grid"><div class="grid__item product__media-wrapper"><ul class="product__media-list"><li><img src="/cdn/1.jpg" alt="{title}"></li></ul></div>
<div class="product__info-wrapper grid__item"><div class="product__info-container"><p class="product__text caption-with-letter-spacing">Fjell</p><div class="product__title"><h1>{title}</h1></div><div class="price price--large"><div class="price__regular"><span class="visually-hidden">Regular price</span><span class="price-item price-item--regular">&euro;349,00 EUR</span></div></div><div class="product__tax caption rte">Tax included.</div>
<div class="product-form__input"><label class="form__label">Quantity</label><div class="quantity"><button name="minus">-</button><input value="1"><button name="plus">+</button></div></div><product-form class="product-form"><form><button type="submit" class="product-form__submit">Add to cart</button></form></product-form>
<div class="product__description rte">{body}</div><div class="share-button"><button>Share</button></div></div></div></div></section>
<section class="shopify-section section"><product-recommendations class="related-products"><h2 class="related-products__heading">You may also like</h2><ul class="grid product-grid">{links(["Storm pegs, set of 12", "Footprint for Norrsken 2", "Repair tape", "Ultralight mallet"], '<li class="grid__item"><div class="card"><h3 class="card__heading">{}</h3><div class="price"><span>&euro;19,00 EUR</span></div></div></li>')}</ul></product-recommendations></section></main>
<div class="shopify-section footer-section"><footer class="footer"><div class="footer__blocks"><h2>Quick links</h2><ul>{links(["Search", "Returns", "Shipping", "Imprint"])}</ul><h2>Newsletter</h2><form><label>Email</label><input></form></div><small class="copyright__content">&copy; 2024, Fjell Outdoor Powered by Shopify</small></footer></div></body></html>"""
    return page, ["Fjell", None, "€349,00 EUR Tax included."], []


def docusaurus(title, body, extra):
    side = links(["Introduction", "Installation", "Configuration", "Guides", "Reference", "Troubleshooting", "Changelog"], '<li class="theme-doc-sidebar-item-link menu__list-item">{}</li>')
    toc = links(["Before you begin", "What was measured", "Next steps"], "<li>{}</li>", "#")
    page = f"""<!doctype html><html lang="en" dir="ltr" class="docs-wrapper plugin-docs docs-doc-page"><head><title>{title} | Tooling</title></head><body class="navigation-with-keyboard"><div id="__docusaurus"><div role="region" aria-label="Skip to main content"><a class="skipToContent_fXgn" href="#__docusaurus_skipToContent_fallback">Skip to main content</a></div>
<nav aria-label="Main" class="navbar navbar--fixed-top"><div class="navbar__inner"><div class="navbar__items"><a class="navbar__brand" href="/"><b class="navbar__title">Tooling</b></a>{links(["Docs", "Blog", "GitHub"], "{}")}</div></div></nav>
<div id="__docusaurus_skipToContent_fallback" class="main-wrapper mainWrapper_z2l0"><div class="docsWrapper_hBAB"><div class="docRoot_UBD9"><aside class="theme-doc-sidebar-container docSidebarContainer_YfHR"><nav class="menu thin-scrollbar"><ul class="theme-doc-sidebar-menu menu__list">{side}</ul></nav></aside>
<main class="docMainContainer_TBSr"><div class="container padding-top--md padding-bottom--lg"><div class="row"><div class="col docItemCol_VOVn"><div class="docItemContainer_Djhp"><article><nav class="theme-doc-breadcrumbs breadcrumbsContainer_Z_bl"><ul class="breadcrumbs"><li class="breadcrumbs__item"><a class="breadcrumbs__link" href="/">Guides</a></li><li class="breadcrumbs__item breadcrumbs__item--active"><span class="breadcrumbs__link">{title}</span></li></ul></nav><div class="theme-doc-markdown markdown"><header><h1>{title}</h1></header>{body}</div>
<footer class="theme-doc-footer docusaurus-mt-lg"><div class="row"><div class="col"><a href="#" class="theme-edit-this-page">Edit this page</a></div><div class="col lastUpdated">Last updated on <b>Mar 3, 2024</b></div></div></footer></article><nav class="pagination-nav docusaurus-mt-lg" aria-label="Docs pages"><a class="pagination-nav__link pagination-nav__link--prev" href="#"><div class="pagination-nav__sublabel">Previous</div><div class="pagination-nav__label">Installation</div></a><a class="pagination-nav__link pagination-nav__link--next" href="#"><div class="pagination-nav__sublabel">Next</div><div class="pagination-nav__label">Reference</div></a></nav></div></div>
<div class="col col--3"><div class="tableOfContents_bqdL thin-scrollbar theme-doc-toc-desktop"><ul class="table-of-contents table-of-contents__left-border">{toc}</ul></div></div></div></div></main></div></div></div>
<footer class="theme-layout-footer footer footer--dark"><div class="container"><div class="footer__links">{links(["Tutorial", "Stack Overflow", "Discord", "Blog"], "{}")}</div><div class="footer__copyright">Copyright &copy; 2024 Tooling. Built with Docusaurus.</div></div></footer></div></body></html>"""
    return page, [], []


def vitepress(title, body, extra):
    page = f"""<!DOCTYPE html><html lang="en-US"><head><title>{title} | Kit</title></head><body><div id="app"><div class="Layout"><span tabindex="-1"></span><a href="#VPContent" class="VPSkipLink visually-hidden"> Skip to content </a>
<header class="VPNav"><div class="VPNavBar"><div class="title"><a class="title" href="/"><span>Kit</span></a></div><nav class="VPNavBarMenu menu">{links(["Guide", "Config", "Plugins"], "{}")}</nav></div></header>
<div class="VPLocalNav"><button class="menu"><span class="menu-text">Menu</span></button></div>
<aside class="VPSidebar"><nav class="nav" id="VPSidebarNav"><span class="visually-hidden">Sidebar Navigation</span><div class="group"><section class="VPSidebarItem level-0"><h2 class="text">Guide</h2><div class="items">{links(["Getting started", "Features", "Using plugins", "Building"], '<div class="item">{}</div>')}</div></section></div></nav></aside>
<div class="VPContent has-sidebar" id="VPContent"><div class="VPDoc has-sidebar has-aside"><div class="container"><div class="aside"><div class="aside-container"><div class="aside-content"><div class="VPDocAside"><nav class="VPDocAsideOutline"><div class="content"><div class="outline-title">On this page</div><ul class="VPDocOutlineItem root">{links(["First part", "Second part"], "<li>{}</li>", "#")}</ul></div></nav></div></div></div></div>
<div class="content"><div class="content-container"><main class="main"><div style="position:relative;" class="vp-doc _guide_x"><div><h1 id="t" tabindex="-1">{title} <a class="header-anchor" href="#t" aria-label="Permalink">&#8203;</a></h1>{body}</div></div></main>
<footer class="VPDocFooter"><div class="edit-info"><div class="edit-link"><a class="VPLink link edit-link-button" href="#">Edit this page on GitHub</a></div><div class="last-updated"><p class="VPLastUpdated">Last updated: <time>3/2/24, 8:00 AM</time></p></div></div><nav class="prev-next"><div class="pager"><a class="pager-link prev" href="#"><span class="desc">Previous page</span><span class="title">Features</span></a></div><div class="pager"><a class="pager-link next" href="#"><span class="desc">Next page</span><span class="title">Building</span></a></div></nav></footer></div></div></div></div></div>
<footer class="VPFooter"><div class="container"><p class="message">Released under the MIT License.</p><p class="copyright">Copyright 2019-present</p></div></footer></div></div></body></html>"""
    return page, [], []


def jekyll(title, body, extra):
    page = f"""<!DOCTYPE html><html lang="en"><head><title>{title} | dev notes</title></head><body><header class="site-header" role="banner"><div class="wrapper"><a class="site-title" rel="author" href="/">dev notes</a><nav class="site-nav"><div class="trigger">{links(["About", "Archive"], "{}")}</div></nav></div></header>
<main class="page-content" aria-label="Content"><div class="wrapper"><article class="post h-entry" itemscope itemtype="http://schema.org/BlogPosting"><header class="post-header"><h1 class="post-title p-name" itemprop="name headline">{title}</h1><p class="post-meta"><time class="dt-published" datetime="2024-01-09" itemprop="datePublished">Jan 9, 2024</time></p></header><div class="post-content e-content" itemprop="articleBody">{body}</div><a class="u-url" href="/p" hidden></a></article></div></main>
<footer class="site-footer h-card"><div class="wrapper"><h2 class="footer-heading">dev notes</h2><div class="footer-col-wrapper"><ul class="contact-list"><li class="p-name">dev notes</li><li><a href="mailto:x@y.test">x@y.test</a></li></ul><p>Write an awesome description for your new site here.</p></div></div></footer></body></html>"""
    return page, ["Jan 9, 2024"], []


def stackexchange(title, body, extra):
    answer = "<p>There are two ways, and which of them is right depends on how much room you have. If there is plenty, make a copy first and work on that; nothing can go wrong that you cannot undo.</p><p>If there is not, do it in place, but stop everything else that writes. I would still take a snapshot before.</p>"
    plain = ["There are two ways, and which of them is right depends on how much room you have. If there is plenty, make a copy first and work on that; nothing can go wrong that you cannot undo.",
             "If there is not, do it in place, but stop everything else that writes. I would still take a snapshot before."]
    page = f"""<!DOCTYPE html><html class="html__responsive"><head><title>{title} - Workshop Stack Exchange</title></head><body class="question-page unified-theme"><header class="s-topbar"><div class="s-topbar--container"><a href="#" class="s-topbar--logo">Workshop</a><ol class="s-navigation">{links(["Products", "For Teams"])}</ol><a class="s-btn" href="#">Log in</a></div></header>
<div class="container"><div id="left-sidebar" class="left-sidebar"><nav role="navigation"><ol class="nav-links">{links(["Home", "Questions", "Tags", "Users", "Unanswered"])}</ol></nav></div>
<div id="content" class="snippet-hidden"><div class="inner-content clearfix"><div id="question-header" class="d-flex"><h1 itemprop="name" class="fs-headline1"><a href="#" class="question-hyperlink">{title}</a></h1><div class="aside-cta"><a href="#" class="ws-nowrap s-btn">Ask Question</a></div></div>
<div class="d-flex fw-wrap pb8 mb16"><div class="flex--item"><span class="fc-light">Asked</span> <time>3 years ago</time></div><div class="flex--item"><span class="fc-light">Viewed</span> 4k times</div></div>
<div id="mainbar" role="main"><div class="question" id="question"><div class="post-layout"><div class="votecell post-layout--left"><div class="js-voting-container"><button>&#9650;</button><div class="js-vote-count">12</div><button>&#9660;</button></div></div><div class="postcell post-layout--right"><div class="s-prose js-post-body" itemprop="text">{body}</div><div class="mt24 mb12"><div class="post-taglist"><ul class="ml0 list-ls-none js-post-tag-list-wrapper">{links(["tools", "storage"], '<li class="d-inline mr4">{}</li>')}</ul></div></div><div class="mb0"><div class="js-post-menu"><a href="#">Share</a> <a href="#">Improve this question</a> <button>Follow</button></div></div></div></div></div>
<div id="answers"><div id="answers-header"><h2 class="mb0">1 Answer</h2></div><div id="answer-2" class="answer js-answer accepted-answer"><div class="post-layout"><div class="votecell post-layout--left"><div class="js-voting-container"><button>&#9650;</button><div class="js-vote-count">31</div></div></div><div class="answercell post-layout--right"><div class="s-prose js-post-body" itemprop="text">{answer}</div><div class="mt24"><div class="js-post-menu"><a href="#">Share</a> <a href="#">Improve this answer</a></div></div></div></div></div>
<h2 class="space">Your Answer</h2><form class="post-form"><p>Thanks for contributing an answer! Please be sure to answer the question.</p><div class="privacy-policy-agreement">By clicking "Post Your Answer", you agree to our <a href="#">terms of service</a>.</div></form></div></div>
<div id="sidebar" class="show-votes" role="complementary"><div class="s-sidebarwidget"><h4>Related</h4>{links(OTHERS, '<div class="spacer">{}</div>')}</div><div id="hot-network-questions"><h4><a href="#">Hot Network Questions</a></h4><ul>{links(OTHERS[::-1])}</ul></div></div></div></div></div>
<footer id="footer" class="site-footer"><div class="site-footer--container">{links(["Tour", "Help", "Chat", "Contact", "Legal", "Privacy Policy"], "{}")}<p class="site-footer--copyright">Site design / logo &copy; 2024</p></div></footer></body></html>"""
    return page, [], ["1 Answer"] + plain


def newspaper(title, body, extra):
    half = body.find("</p>", len(body) // 3) + 4
    promo = f'<div class="newsletter-promo" data-qa="newsletter"><p>Sign up for the Morning Letter</p><p>All you need to know before you leave the house, in your inbox at six.</p><a href="#">Sign up</a></div><div class="ad-slot"><span>Advertisement</span></div><div class="related-inline"><h4>Related</h4><a href="/a">{OTHERS[1]}</a></div>'
    page = f"""<!DOCTYPE html><html lang="en"><head><title>{title} - The Daily Quay</title><script type="application/ld+json">{{"@context":"https://schema.org","@type":"NewsArticle","headline":"{title}","datePublished":"2024-04-16","author":[{{"@type":"Person","name":"Jon Vik"}}]}}</script></head><body>
<div id="consent-layer" class="gdpr-consent" role="dialog"><h2>We value your privacy</h2><p>We and our 842 partners store and access information on a device. You can change your choices at any time.</p><button>Accept all</button></div>
<header class="page-header"><div class="logo"><a href="/">The Daily Quay</a></div><nav class="sections">{links(["News", "Sport", "Culture", "Opinion", "Weather"], "{}")}</nav></header>
<div class="breaking-banner"><a href="/live">Live: Follow the council's meeting</a></div>
<main><article class="story"><div class="story-head"><span class="kicker"><a href="/news">News</a></span><h1 class="headline">{title}</h1><p class="byline">By <a href="/by/vik">Jon Vik</a></p><p class="timestamp">16 April 2024, 18:04</p><div class="social-share"><a href="#">Share</a><a href="#">Tweet</a></div></div>
<div class="story-body">{body[:half]}{promo}{body[half:]}</div><div class="story-tags tags"><a href="/t/1">Harbour</a><a href="/t/2">Traffic</a></div></article>
<section class="most-read"><h2>Most read</h2><ol>{links(OTHERS)}</ol></section></main>
<aside class="rail"><h3>More from News</h3>{links(OTHERS[2:], '<div class="teaser"><h4>{}</h4><p>The council has put off its decision once more, and nobody in town is surprised by that.</p></div>')}</aside>
<footer class="page-footer"><p>The Daily Quay is published by Quay Media. Editor in chief: P. Strand.</p><a href="/terms">Terms</a><a href="/privacy">Privacy</a></footer></body></html>"""
    return page, ["By Jon Vik", "16 April 2024, 18:04"], []


def github(title, body, extra):
    files = links([".github", "src", "tests", "LICENSE", "README.md"], '<tr class="react-directory-row"><td class="react-directory-row-name-cell-large-screen"><div class="overflow-hidden">{}</div></td><td><a href="#">Tidy up</a></td><td>2 months ago</td></tr>')
    page = f"""<!DOCTYPE html><html lang="en"><head><title>GitHub - moor/tools: {title}</title></head><body class="logged-out env-production page-responsive"><a href="#start-of-content" class="p-3 color-bg-accent-emphasis show-on-focus js-skip-to-content">Skip to content</a><header class="HeaderMktg header-logged-out"><nav class="HeaderMenu">{links(["Product", "Solutions", "Open Source", "Pricing"])}</nav><a href="/login">Sign in</a><a href="/signup">Sign up</a></header>
<div id="start-of-content" class="show-on-focus"></div><div class="application-main"><main id="js-repo-pjax-container"><div id="repository-container-header"><div class="d-flex"><span class="author"><a rel="author" href="/moor">moor</a></span> / <strong itemprop="name"><a href="/moor/tools">tools</a></strong> <span class="Label">Public</span></div><nav class="js-repo-nav UnderlineNav"><ul class="UnderlineNav-body">{links(["Code", "Issues 4", "Pull requests", "Actions", "Security", "Insights"])}</ul></nav></div>
<div class="Layout"><div class="Layout-main"><table class="Box-table" aria-labelledby="folders-and-files"><thead class="visually-hidden"><tr><th>Name</th><th>Last commit message</th><th>Last commit date</th></tr></thead><tbody>{files}</tbody></table>
<div class="Box"><nav class="UnderlineNav"><ul><li><a href="#readme">README</a></li><li><a href="#license">MIT license</a></li></ul></nav><article class="markdown-body entry-content container-lg" itemprop="text"><div class="markdown-heading"><h1 class="heading-element">{title}</h1><a id="user-content-t" class="anchor" aria-label="Permalink: {title}" href="#t"><span aria-hidden="true" class="octicon octicon-link"></span></a></div>{body}</article></div></div>
<div class="Layout-sidebar"><div class="BorderGrid"><h2>About</h2><p class="f4 my-3">Small tools that do one thing each</p><h3 class="sr-only">Resources</h3><div class="mt-2"><a href="#readme">Readme</a></div><div class="mt-2"><a href="#lic">MIT license</a></div><h3>Stars</h3><div><a href="#">128 stars</a></div><h2><a href="#">Releases 3</a></h2><h2><a href="#">Packages</a></h2><div class="text-small">No packages published</div></div></div></div></main></div>
<footer class="footer"><h2 class="sr-only">Footer</h2><span>&copy; 2024 GitHub, Inc.</span><nav><ul>{links(["Terms", "Privacy", "Status", "Docs"])}</ul></nav></footer></body></html>"""
    return page, [], []


def mediawiki(title, body, extra):
    page = f"""<!DOCTYPE html><html class="client-nojs vector-feature-language-in-header-enabled" lang="en"><head><title>{title} - Wiki</title></head><body class="skin--responsive skin-vector mediawiki ltr ns-0 ns-subject page-X action-view"><a class="mw-jump-link" href="#bodyContent">Jump to content</a>
<div class="vector-header-container"><header class="vector-header mw-header"><div class="vector-header-start"><nav class="vector-main-menu-landmark"><div class="vector-menu-content"><ul>{links(["Main page", "Contents", "Current events", "Random article"], '<li class="mw-list-item">{}</li>')}</ul></div></nav></div><div class="vector-header-end"><a href="#">Create account</a> <a href="#">Log in</a></div></header></div>
<div class="mw-page-container"><div class="mw-page-container-inner"><div class="vector-column-start"><nav id="mw-panel-toc" class="vector-toc-landmark"><div id="vector-toc" class="vector-toc"><h2 class="vector-toc-title">Contents</h2><ul class="vector-toc-contents"><li><a href="#">(Top)</a></li><li><a href="#h">1 History</a></li><li><a href="#u">2 Use</a></li></ul></div></nav></div>
<div class="mw-content-container"><main id="content" class="mw-body"><header class="mw-body-header vector-page-titlebar"><h1 id="firstHeading" class="firstHeading mw-first-heading"><span class="mw-page-title-main">{title}</span></h1><div id="p-lang-btn" class="vector-dropdown mw-portlet mw-portlet-lang"><label>3 languages</label><ul class="vector-menu-content-list">{links(["Deutsch", "Norsk", "Suomi"], '<li class="interlanguage-link">{}</li>')}</ul></div></header>
<div class="vector-page-toolbar"><nav><ul><li><a href="#">Article</a></li><li><a href="#">Talk</a></li></ul></nav><nav><ul><li><a href="#">Read</a></li><li><a href="#">Edit</a></li><li><a href="#">View history</a></li></ul></nav></div>
<div id="bodyContent" class="vector-body"><div id="siteSub" class="noprint">From Wiki, the free encyclopedia</div><div id="contentSub"></div><div id="mw-content-text" class="mw-body-content"><div class="mw-content-ltr mw-parser-output" lang="en" dir="ltr">{body}
<div class="navbox-styles"></div><div role="navigation" class="navbox"><table class="nowraplinks navbox-inner"><tbody><tr><th colspan="2" class="navbox-title">Household crafts</th></tr><tr><th class="navbox-group">Topics</th><td class="navbox-list">{links(OTHERS, "{} &middot; ")}</td></tr></tbody></table></div></div><div class="printfooter">Retrieved from "<a href="#">https://wiki.test/index.php?title=X&amp;oldid=99</a>"</div></div><div id="catlinks" class="catlinks"><div id="mw-normal-catlinks"><a href="#">Categories</a>: <ul><li><a href="#">Crafts</a></li><li><a href="#">Home</a></li></ul></div></div></div></main></div>
<div class="mw-footer-container"><footer id="footer" class="mw-footer"><ul id="footer-info"><li id="footer-info-lastmod"> This page was last edited on 4 March 2024, at 10:12.</li><li id="footer-info-copyright">Text is available under the Creative Commons licence.</li></ul><ul id="footer-places">{links(["Privacy policy", "About Wiki", "Disclaimers"])}</ul></footer></div></div></div></body></html>"""
    return page, [], []


def tables1998(title, body, extra):
    page = f"""<HTML><HEAD><TITLE>{title}</TITLE></HEAD><BODY BGCOLOR="#FFFFFF" TEXT="#000000" LINK="#0000EE">
<TABLE WIDTH="100%" BORDER=0 CELLPADDING=4><TR><TD COLSPAN=2 BGCOLOR="#003366"><FONT COLOR="#FFFFFF" SIZE="+2"><B>Edith's Home Page</B></FONT></TD></TR>
<TR><TD WIDTH=140 VALIGN=top BGCOLOR="#DDDDDD"><FONT SIZE="-1">{links(MENU, "{}<BR>")}<BR><BR>You are visitor<BR>No. 004122</FONT></TD>
<TD VALIGN=top><H1>{title}</H1>{body}</TD></TR>
<TR><TD COLSPAN=2 ALIGN=center><HR><FONT SIZE="-1">[ {links(MENU[:4], "{} |")} ]<BR>Best viewed with any browser. &copy; 1998 E. Moor</FONT></TD></TR></TABLE></BODY></HTML>"""
    return page, [], []


def confluence(title, body, extra):
    page = f"""<!DOCTYPE html><html lang="en-GB"><head><title>{title} - Operations - Confluence</title></head><body id="com-atlassian-confluence" class="theme-default aui-layout aui-theme-default"><div id="page"><ul id="assistive-skip-links" class="assistive"><li><a href="#title-heading">Skip to content</a></li><li><a href="#breadcrumbs">Skip to breadcrumbs</a></li></ul><div id="full-height-container"><div id="header-precursor"></div><header id="header" role="banner"><nav class="aui-header aui-dropdown2-trigger-group"><div class="aui-header-primary"><ul class="aui-nav">{links(["Spaces", "People", "Questions", "Calendars"])}</ul></div></nav></header>
<div class="ia-splitter"><div class="ia-splitter-left"><div class="ia-fixed-sidebar" role="complementary"><div class="acs-side-bar ia-scrollable-section"><div class="acs-side-bar-space-info"><a href="#">Operations</a></div><h5 class="ia-secondary-header-title">Page tree</h5><ul class="plugin_pagetree_children_list">{links(["Runbooks", "On call", "Databases", "Networks", "Post-mortems"])}</ul></div></div></div>
<div id="main" class="aui-page-panel"><div id="main-header"><div id="navigation" class="content-navigation view"><ul class="ajs-menu-bar">{links(["Edit", "Save for later", "Watch", "Share"], '<li class="ajs-button normal">{}</li>')}</ul></div><div id="breadcrumb-section"><ol id="breadcrumbs">{links(["Pages", "Operations", "Runbooks"])}</ol></div><h1 id="title-text" class="with-breadcrumbs"><a href="#">{title}</a></h1></div>
<div id="content" class="page view"><div class="page-metadata"><ul class="banner"><li class="page-metadata-modification-info">Created by <span class="author"><a href="#">Edith Moor</a></span>, last modified on <a class="last-modified" href="#">Feb 02, 2024</a></li></ul></div><div id="main-content" class="wiki-content">{body}</div>
<div id="likes-and-labels-container"><div id="labels-section" class="pageSection"><div class="labels-content"><ul class="label-list"><li class="no-labels-message">No labels</li></ul></div></div></div><div id="comments-section" class="pageSection group"><div class="bottom-comment-panels comment-panels"><form class="quick-comment-form"><p>Write a comment…</p></form></div></div></div></div></div>
<div id="footer" role="contentinfo"><section class="footer-body"><ul id="poweredby"><li class="print-only">Printed by Atlassian Confluence 8.5</li><li class="noprint">Powered by <a href="#">Atlassian Confluence</a></li><li class="noprint"><a href="#">Report a bug</a></li></ul></section></div></div></div></body></html>"""
    return page, [], []


def readthedocs(title, body, extra):
    page = f"""<!DOCTYPE html><html class="writer-html5" lang="en"><head><title>{title} &mdash; Tools 2.1 documentation</title></head><body class="wy-body-for-nav"><div class="wy-grid-for-nav"><nav data-toggle="wy-nav-shift" class="wy-nav-side"><div class="wy-side-scroll"><div class="wy-side-nav-search"><a href="index.html" class="icon icon-home"> Tools</a><div role="search"><form id="rtd-search-form" class="wy-form"><input></form></div></div><div class="wy-menu wy-menu-vertical" role="navigation"><p class="caption"><span class="caption-text">Contents:</span></p><ul class="current">{links(["Install", "Usage", "API", "Changes"], '<li class="toctree-l1">{}</li>')}</ul></div></div></nav>
<section data-toggle="wy-nav-shift" class="wy-nav-content-wrap"><nav class="wy-nav-top"><i class="fa fa-bars"></i><a href="index.html">Tools</a></nav><div class="wy-nav-content"><div class="rst-content"><div role="navigation" aria-label="Page navigation"><ul class="wy-breadcrumbs"><li><a href="index.html" class="icon icon-home"></a></li><li class="breadcrumb-item active">{title}</li><li class="wy-breadcrumbs-aside"><a href="#"> View page source</a></li></ul><hr></div>
<div role="main" class="document" itemscope itemtype="http://schema.org/Article"><div itemprop="articleBody"><section id="t"><h1>{title}<a class="headerlink" href="#t" title="Permalink to this heading">\uf0c1</a></h1>{body}</section></div></div>
<footer><div class="rst-footer-buttons" role="navigation"><a href="#" class="btn btn-neutral float-left">Previous</a><a href="#" class="btn btn-neutral float-right">Next</a></div><hr><div role="contentinfo"><p>&#169; Copyright 2024, E. Moor.</p></div>Built with <a href="https://www.sphinx-doc.org/">Sphinx</a> using a <a href="#">theme</a> provided by <a href="https://readthedocs.org">Read the Docs</a>.</footer></div></div></section></div></body></html>"""
    return page, [], []


# name, function, texts
SITES = [
    ("wordpress", wordpress, ["lamps", "bread", "harbour"]),
    ("ghost", ghost, ["queue", "lamps"]),
    ("medium", medium, ["lamps", "harbour", "queue"]),
    ("discourse", discourse, ["backup", "bread"]),
    ("phpbb", phpbb, ["bread", "queue"]),
    ("shopify", shopify, ["tent"]),
    ("docusaurus", docusaurus, ["queue", "backup"]),
    ("vitepress", vitepress, ["backup", "queue"]),
    ("jekyll", jekyll, ["queue", "lamps"]),
    ("stackexchange", stackexchange, ["backup", "queue"]),
    ("newspaper", newspaper, ["harbour", "bread", "lamps"]),
    ("github", github, ["queue", "backup"]),
    ("mediawiki", mediawiki, ["lamps", "bread"]),
    ("tables1998", tables1998, ["lamps", "bread", "tent"]),
    ("confluence", confluence, ["backup", "queue"]),
    ("readthedocs", readthedocs, ["backup", "queue"]),
]
