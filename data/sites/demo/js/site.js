document.documentElement.classList.add("js"); // <a href="/not-a-link.html">
