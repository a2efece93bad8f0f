"""HTTP transports with one bug each; see `test_broken_adapters`."""

BROKEN = {
    "drops an empty query": (
        "test_query_arrives",
        r"""
        async def handle_async_request(self, request):
            await request.aread()
            if request.url.raw_path.endswith(b"?"):
                return await self.inner.handle_async_request(request_of(request, url=str(request.url).rstrip("?")))
            return await self.inner.handle_async_request(request)
        """,
    ),
    "body of DELETE dropped": (
        "test_binary_body_arrives",
        r"""
        async def handle_async_request(self, request):
            await request.aread()
            if request.method == "DELETE":
                return await self.inner.handle_async_request(
                    request_of(
                        request,
                        content=b"",
                        headers=[h for h in request.headers.multi_items() if h[0] != "content-length"],
                    )
                )
            return await self.inner.handle_async_request(request)
        """,
    ),
    "host of the URL always": (
        "test_headers_are_the_clients",
        r"""
        async def handle_async_request(self, request):
            request.headers["host"] = request.url.netloc.decode()
            return await self.inner.handle_async_request(request)
        """,
    ),
    "adds a user agent": (
        "test_headers_are_the_clients",
        r"""
        async def handle_async_request(self, request):
            request.headers["user-agent"] = "mine/1"
            return await self.inner.handle_async_request(request)
        """,
    ),
    "adds accept-encoding": (
        "test_headers_are_the_clients",
        r"""
        async def handle_async_request(self, request):
            request.headers["accept"] = "application/json"
            return await self.inner.handle_async_request(request)
        """,
    ),
    "drops authorization": (
        "test_headers_are_the_clients",
        r"""
        async def handle_async_request(self, request):
            request.headers.pop("authorization", None)
            return await self.inner.handle_async_request(request)
        """,
    ),
    "drops empty headers": (
        "test_headers_are_the_clients",
        r"""
        async def handle_async_request(self, request):
            request.headers = httpx.Headers(
                [h for h in request.headers.multi_items() if h[1] or h[0] == "content-length"]
            )
            return await self.inner.handle_async_request(request)
        """,
    ),
    "caches GET": (
        "test_every_request_arrives",
        r"""
        async def handle_async_request(self, request):
            c = self.__dict__.setdefault("c", {})
            if request.method != "GET":
                return await self.inner.handle_async_request(request)
            k = str(request.url)
            if k not in c:
                r = await self.inner.handle_async_request(request)
                b = await r.aread()
                if r.status_code != 200 or "content-encoding" in r.headers:
                    return r
                c[k] = (r.status_code, r.headers, b)
            s, h, b = c[k]
            return httpx.Response(
                s, headers=h, content=b, extensions={"http_version": b"HTTP/1.1", "reason_phrase": b"OK"}
            )
        """,
    ),
    "cookies of the transport": (
        "test_cookies_are_the_clients",
        r"""
        async def handle_async_request(self, request):
            j = self.__dict__.setdefault("j", {})
            if j and "cookie" not in request.headers:
                request.headers["cookie"] = "; ".join(f"{k}={v}" for k, v in j.items())
            r = await self.inner.handle_async_request(request)
            for v in r.headers.get_list("set-cookie"):
                k, _, w = v.partition(";")[0].partition("=")
                j[k] = w
            return r
        """,
    ),
    "status 204 is 200": (
        "test_response_without_content_is_empty",
        r"""
        async def handle_async_request(self, request):
            r = await self.inner.handle_async_request(request)
            return (setattr(r, "status_code", 200) if r.status_code == 204 else None, r)[-1]
        """,
    ),
    "fragment sent": (
        "test_fragment_stays_with_the_client",
        r"""
        async def handle_async_request(self, request):
            await request.aread()
            if request.url.fragment:
                return await self.inner.handle_async_request(request_of(request, url=str(request.url).replace("#", "?")))
            return await self.inner.handle_async_request(request)
        """,
    ),
}
