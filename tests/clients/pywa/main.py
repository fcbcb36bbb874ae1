"""Walks every call of the released `pywa` client, blocking and asynchronous, against the simulator.

    main.py BASE_URL

The library is not changed: a transport carries what is meant for Meta's hosts to BASE_URL.
"""

import asyncio
import base64
import datetime
import io
import sys
import warnings

import httpx
import pywa
import pywa_async
from pywa import handlers, types
from pywa.types import templates as T

from walk import Receiver, Simulator, Walk, to_simulator, until

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
LEAST = 100
ENGLISH = T.TemplateLanguage.ENGLISH
OUT_OF_FACTS = "the Cloud API facts do not describe it"
CALLING = "calls need the calling API with audio sessions; the simulator refuses them with 138000"
GROUPS = "groups are not simulated: only eligible numbers have them"
# Calls of the library that the walk leaves out, and why.
LEFT_OUT = {
    "load_handlers_modules": "talks to nobody",
    "add_flow_request_handler": "needs a web framework; Flows' data exchange is not part of the simulator",
    "get_flow_request_handler": "gives a handler for a web framework; Flows' data exchange is not part of the simulator",
    "remove_callbacks": "talks to nobody",
    "get_call_permissions": "fails in the library (4.5.0) before anything is sent: it does not pass an argument that it requires itself",
    "initiate_call": CALLING,
    "pre_accept_call": CALLING,
    "accept_call": CALLING,
    "reject_call": CALLING,
    "terminate_call": CALLING,
    "get_flow_metrics": OUT_OF_FACTS,
    "migrate_flows": OUT_OF_FACTS,
    "pin_message": OUT_OF_FACTS,
    "unpin_message": OUT_OF_FACTS,
    "create_group": GROUPS,
    "get_groups": GROUPS,
    "get_group": GROUPS,
    "delete_group": GROUPS,
    "get_group_invite_link": GROUPS,
    "reset_group_invite_link": GROUPS,
    "get_group_join_requests": GROUPS,
    "approve_group_join_requests": GROUPS,
    "reject_group_join_requests": GROUPS,
    "remove_group_participants": GROUPS,
    "update_group_settings": GROUPS,
    "create_signup": OUT_OF_FACTS,
    "get_signups": OUT_OF_FACTS,
    "get_signup": OUT_OF_FACTS,
    "update_signup": OUT_OF_FACTS,
}
NOT_CALLS = {"api", "token", "business_account_id"}
# Waiting for an answer, decorators, the library's own web server: parts that make no calls.
HELPERS = {name for name in dir(pywa.WhatsApp) if name.startswith(("on_", "listen", "stop_listening", "run", "webhook_"))}


def offered():
    names = {n for n in dir(pywa.WhatsApp) if not n.startswith("_") and callable(getattr(pywa.WhatsApp, n))}
    return names - NOT_CALLS - HELPERS


class Watched:
    """The client, remembering which of its calls were made."""

    def __init__(self, client):
        self.client, self.calls = client, set()

    def __getattr__(self, name):
        self.calls.add(name)
        return getattr(self.client, name)


def has_id(result):
    return bool(result is not None and result.id)


class Tour:
    """One flavour of the library in a separate account."""

    def __init__(self, base, flavour):
        self.base, self.flavour = base, flavour
        self.walk = Walk(f"pywa {pywa.__version__} {flavour}")
        self.sim = Simulator(base)
        number = "447700900801" if flavour == "sync" else "447700900802"
        self.account = self.sim.account(phone_number=number, app_secret=f"secret-{flavour}", verify_token="tell-me")
        self.other = self.sim.account(app_id=self.account["app_id"], access_token=self.account["access_token"])
        self.client = None
        self.updates = []
        self.ana, self.ben = ("447700900123", "447700900124") if flavour == "sync" else ("447700900125", "447700900126")

    def open(self):
        kind = pywa if self.flavour == "sync" else pywa_async
        transport = httpx.HTTPTransport if self.flavour == "sync" else httpx.AsyncHTTPTransport
        session = (httpx.Client if self.flavour == "sync" else httpx.AsyncClient)(
            transport=to_simulator(self.base, transport), timeout=20
        )
        self.client = kind.WhatsApp(
            phone_id=self.account["phone_number_id"],
            token=self.account["access_token"],
            waba_id=self.account["waba_id"],
            app_id=int(self.account["app_id"]),
            app_secret=self.account["app_secret"],
            verify_token=self.account["verify_token"],
            session=session,
            server=None,
        )
        self.wa = Watched(self.client)

    async def run(self):
        self.open()
        for part in (self.webhooks, self.texts, self.media, self.interactive, self.templates, self.template_sends,
                     self.business, self.people, self.numbers, self.flows, self.received, self.callbacks):
            try:
                await part()
            except Exception as error:  # noqa: BLE001 - a part needs what its earlier steps gave
                self.walk.failed.append(f"{part.__name__} broke off: {error}")
        self.walk.covered(offered(), self.wa.calls, LEFT_OUT)
        return self.walk.end(LEAST)

    async def step(self, what, call, want=bool):
        return await self.walk.step(what, call, want)

    async def webhooks(self):
        """The library's own receiver takes the handshake and what is delivered."""
        loop = asyncio.get_running_loop()

        def wait(result):
            if asyncio.iscoroutine(result):
                return asyncio.run_coroutine_threadsafe(result, loop).result(10)
            return result

        def challenge(query):
            return wait(self.client.webhook_challenge_handler(query.get("hub.verify_token"), query.get("hub.challenge")))

        def update(body, signature):
            refusal = wait(self.client.webhook_update_validator(body, signature))
            return refusal or wait(self.client.webhook_update_handler(body))

        self.receiver = Receiver(challenge, update)

        def keep(_, update):
            self.updates.append(update)

        async def keep_later(_, update):
            self.updates.append(update)

        keeper = keep if self.flavour == "sync" else keep_later
        kinds = [handlers.MessageHandler, handlers.MessageStatusHandler, handlers.CallbackButtonHandler,
                 handlers.CallbackSelectionHandler, handlers.TemplateStatusUpdateHandler,
                 handlers.UserMarketingPreferencesHandler, handlers.PhoneNumberChangeHandler]
        self.wa.add_handlers(*(kind(keeper) for kind in kinds))
        wa, account = self.wa, self.account
        app = int(account["app_id"])
        token = await self.step("app access token", lambda: wa.get_app_access_token(app_id=app, app_secret=account["app_secret"]))
        await self.step("app callback, with the handshake", lambda: wa.set_app_callback_url(
            app_id=app, app_access_token=str(token), callback_url=self.receiver.url, verify_token="tell-me",
            fields=("messages", "message_template_status_update", "user_preferences")))

    async def texts(self):
        wa, ana = self.wa, self.ana
        self.hello = self.sim.inbound(phone_id=self.account["phone_number_id"], **{"from": ana}, type="text", text={"body": "Hello"})
        self.sim.inbound(phone_id=self.account["phone_number_id"], **{"from": self.ben}, type="text", text={"body": "Hi"})
        await self.step("text with preview", lambda: wa.send_message(ana, "See https://shop.example \u00e9\u4f60\U0001f44b", preview_url=True, tracker="m-1"), has_id)
        await self.step("text by its other name", lambda: wa.send_text(ana, "plain"), has_id)
        await self.step("reply", lambda: wa.send_message(ana, "an answer", reply_to_message_id=self.hello), has_id)
        await self.step("reaction", lambda: wa.send_reaction(ana, "\U0001f44d", self.hello), has_id)
        await self.step("reaction removed", lambda: wa.remove_reaction(ana, self.hello), has_id)
        await self.step("location", lambda: wa.send_location(ana, 51.5, -0.12, name="Shop", address="1 High St"), has_id)
        contact = types.Contact(name=types.Contact.Name(formatted_name="Ana Lima", first_name="Ana"), birthday="1990-05-20",
                                phones=[types.Contact.Phone(phone="+551199", type="WORK", wa_id="551199")],
                                emails=[types.Contact.Email(email="a@b.example", type="WORK")],
                                urls=[types.Contact.Url(url="https://b.example", type="WORK")],
                                addresses=[types.Contact.Address(city="Porto", country="Portugal", country_code="pt")],
                                org=types.Contact.Org(company="B", department="D", title="T"))
        await self.step("contact", lambda: wa.send_contact(ana, contact), has_id)
        await self.step("read", lambda: wa.mark_message_as_read(self.hello))
        await self.step("typing", lambda: wa.indicate_typing(self.hello))

    async def media(self):
        wa, ana = self.wa, self.ana
        link = "https://files.example/a"
        await self.step("image by link", lambda: wa.send_image(ana, f"{link}.png", caption="c"), has_id)
        await self.step("video by link", lambda: wa.send_video(ana, f"{link}.mp4", caption="c"), has_id)
        await self.step("document by link", lambda: wa.send_document(ana, f"{link}.pdf", filename="a.pdf", caption="c"), has_id)
        await self.step("audio by link", lambda: wa.send_audio(ana, f"{link}.mp3"), has_id)
        await self.step("voice by link", lambda: wa.send_voice(ana, f"{link}.ogg", mime_type="audio/ogg"), has_id)
        await self.step("sticker by link", lambda: wa.send_sticker(ana, f"{link}.webp"), has_id)
        media = await self.step("upload", lambda: wa.upload_media(PNG, mime_type="image/png", filename="p.png"), has_id)
        await self.step("image by id", lambda: wa.send_image(ana, media.id, caption="by id"), has_id)
        await self.step("image uploaded on the way", lambda: wa.send_image(ana, io.BytesIO(PNG), mime_type="image/png"), has_id)
        url = await self.step("media address", lambda: wa.get_media_url(media.id), lambda r: r.url and int(r.file_size) == len(PNG))
        await self.step("bytes", lambda: wa.get_media_bytes(url.url), lambda r: r == PNG)
        await self.step("download", lambda: wa.download_media(url=url.url, path="/tmp", filename=f"wapro-pywa-{self.flavour}.png"))
        await self.step("stream", self.streamed(url.url), lambda r: r == PNG)
        await self.step("delete media", lambda: wa.delete_media(media.id))

    def streamed(self, url):
        async def asynchronous():
            return b"".join([chunk async for chunk in self.wa.stream_media(url, chunk_size=16)])

        def synchronous():
            return b"".join(self.wa.stream_media(url, chunk_size=16))

        return synchronous if self.flavour == "sync" else asynchronous

    async def interactive(self):
        wa, ana = self.wa, self.ben
        await self.step("buttons", lambda: wa.send_message(ana, "Pick", header="H", footer="F", buttons=[types.Button("Yes", "yes"), types.Button("No", "no")]), has_id)
        rows = [types.SectionRow("Row 1", "r1", "about it"), types.SectionRow("Row 2", "r2")]
        self.list = await self.step("list", lambda: wa.send_message(ana, "Pick", buttons=types.SectionList("Open", [types.Section("S", rows)])), has_id)
        await self.step("address button", lambda: wa.send_message(ana, "Look", buttons=types.URLButton("Open", "https://shop.example")), has_id)
        await self.step("picture above buttons", lambda: wa.send_image(ana, "https://files.example/b.png", caption="Pick", buttons=[types.Button("A", "a")]), has_id)
        await self.step("call button", lambda: wa.send_message(ana, "Call", buttons=types.VoiceCallButton("Call us", 100)), has_id)
        await self.step("call permission", lambda: wa.send_message(ana, "May we?", buttons=types.CallPermissionRequestButton()), has_id)
        await self.step("ask for the place", lambda: wa.request_location(ana, "Where?"), has_id)
        await self.step("ask for the number", lambda: wa.request_contact_info(ana, "Your number?"), has_id)
        await self.step("catalogue", lambda: wa.send_catalog(ana, "All we have", thumbnail_product_sku="sku1"), has_id)
        await self.step("product", lambda: wa.send_product(ana, "1234567890", "sku1", body="This"), has_id)
        sections = [types.ProductsSection("Fruit", ["sku1", "sku2"])]
        await self.step("products", lambda: wa.send_products(ana, "1234567890", sections, title="T", body="B"), has_id)
        cards = [types.ImageCarouselCard(image=f"https://files.example/{n}.png", body=f"Card {n}", buttons=types.URLButton("Open", "https://shop.example")) for n in (1, 2)]
        await self.step("carousel", lambda: wa.send_carousel(ana, body="Cards", cards=cards), has_id)

    def make(self, name, category, components, **more):
        template = T.Template(name=f"{name}_{self.flavour}", language=ENGLISH, category=category, components=components, **more)
        return lambda: self.wa.create_template(template)

    async def templates(self):
        wa = self.wa
        marketing, utility, secret = T.TemplateCategory.MARKETING, T.TemplateCategory.UTILITY, T.TemplateCategory.AUTHENTICATION
        self.made = {}

        async def make(name, category, components, **more):
            self.made[name] = await self.step(f"create {name}", self.make(name, category, components, **more), has_id)

        await make("plain", utility, [
            T.HeaderText("Order {{1}}", "A-77"), T.BodyText("Hi {{1}}, your order {{2}} is on its way to you today.", "Ana", "A-77"),
            T.FooterText(text="Thank you"),
            T.Buttons(buttons=[T.QuickReplyButton(text="Thanks"), T.URLButton(text="Track", url="https://shop.example/t/{{1}}", example="https://shop.example/t/A-77"),
                               T.PhoneNumberButton(text="Call", phone_number="+447700900555")])])
        await make("named", utility, [T.BodyText("Hello {{first_name}}, welcome to our shop, we are glad.", first_name="Ana")], parameter_format=T.ParamFormat.NAMED)
        await make("picture", marketing, [
            T.HeaderImage(PNG, mime_type="image/png"), T.BodyText("New things have arrived in the shop for you, {{1}}, come and see.", "Ana"),
            T.Buttons(buttons=[T.QuickReplyButton(text="Show"), T.CopyCodeButton(example="SAVE10")])])
        await make("place", utility, [T.HeaderLocation(), T.BodyText("Your parcel waits for you in this place.")])
        await make("offer", marketing, [
            T.LimitedTimeOffer(text="Ends soon", has_expiration=True), T.BodyText("Something good, and only for a short time."),
            T.Buttons(buttons=[T.CopyCodeButton(example="SAVE10"), T.URLButton(text="Shop", url="https://shop.example/o/{{1}}", example="https://shop.example/o/1")])])
        card = T.CarouselCard(components=[
            T.HeaderImage(PNG, mime_type="image/png"), T.BodyText("One of the cards of this set."), T.Buttons(buttons=[T.QuickReplyButton(text="More")])])
        self.card, self.carousel = card, T.Carousel(cards=[card, card])
        await make("cards", marketing, [T.BodyText("Some of the things that we have, {{1}}, for you to see.", "Ana"), self.carousel])
        await make("code", secret, [T.AuthenticationBody(add_security_recommendation=True), T.AuthenticationFooter(code_expiration_minutes=5),
                                    T.Buttons(buttons=[T.CopyCodeOTPButton(text="Copy")])])
        await make("shelf", marketing, [T.BodyText("All the things that we have in our shop."), T.Buttons(buttons=[T.CatalogButton(text="View catalog")])])
        await self.step("from the library", lambda: wa.create_template(T.LibraryTemplate(
            name=f"library_{self.flavour}", library_template_name="delivery_update_1", category=utility, language=T.TemplateLanguage.ENGLISH_US)), has_id)
        await self.step("authentication in two languages", lambda: wa.upsert_authentication_template(
            name=f"many_{self.flavour}", languages=[ENGLISH, T.TemplateLanguage.GERMAN], otp_button=T.CopyCodeOTPButton(), code_expiration_minutes=5),
            lambda r: len(r) == 2)
        approved = await self.step("list", lambda: wa.get_templates(statuses=[T.TemplateStatus.APPROVED]), lambda r: r.total_count >= 8)
        await self.step("page", lambda: wa.get_templates(pagination=types.Pagination(limit=2)), lambda r: len(list(r)) == 2 and r.has_next)
        plain, named = self.made["plain"], self.made["named"]
        await self.step("get", lambda: wa.get_template(plain.id), lambda r: r.name == f"plain_{self.flavour}" and approved)
        await self.step("edit", lambda: wa.update_template(self.made["place"].id, new_components=[T.BodyText("Your parcel waits for you in the other place.")]))
        now = int(datetime.datetime.now().timestamp())
        await self.step("compare", lambda: wa.compare_templates(plain.id, named.id, start=now - 7 * 86400, end=now), lambda r: r.times_sent is not None)
        await self.step("unpause what is not paused", lambda: wa.unpause_template(plain.id), lambda r: not r)
        await self.step("archive", lambda: wa.archive_templates([self.made["shelf"].id]), lambda r: r.archived)
        await self.step("take back from the archive", lambda: wa.unarchive_templates([self.made["shelf"].id]), lambda r: r.unarchived)
        await self.step("migrate", lambda: wa.migrate_templates(self.account["waba_id"], destination_waba_id=self.other["waba_id"]), lambda r: r.migrated)
        await self.step("template status webhook", lambda: until(lambda: [
            u for u in self.updates if isinstance(u, T.TemplateStatusUpdate) and u.template_id == plain.id]))

    async def template_sends(self):
        wa, ana = self.wa, self.ana

        async def send(name, params, **more):
            await self.step(f"send {name}", lambda: wa.send_template(ana, name=f"{name}_{self.flavour}", language=ENGLISH, params=params, **more), has_id)

        await send("plain", [T.HeaderText("Order {{1}}", "A").params("A-77"), T.BodyText("{{1}} {{2}}", "a", "b").params("Ana", "A-77"),
                             T.QuickReplyButton.params(callback_data="thanks", index=0), T.URLButton.params(url_variable="A-77", index=1)])
        await send("named", [T.BodyText("{{first_name}}", first_name="x").params(first_name="Ana")])
        await send("picture", [T.HeaderImage(PNG).params(image="https://files.example/h.png"), T.BodyText("{{1}}", "a").params("Ana"),
                               T.CopyCodeButton.params(coupon_code="SAVE10", index=1)])
        await send("offer", [T.LimitedTimeOffer.params(expiration_time=datetime.datetime.now() + datetime.timedelta(days=1)),
                             T.CopyCodeButton.params(coupon_code="SAVE10", index=0), T.URLButton.params(url_variable="7", index=1)])
        cards = [self.card.params(index=n, params=[T.HeaderImage(PNG).params(image="https://files.example/h.png"),
                                                   T.QuickReplyButton.params(callback_data=f"more-{n}", index=0)]) for n in (0, 1)]
        await send("cards", [T.BodyText("{{1}}", "a").params("Ana"), self.carousel.params(cards=cards)])
        await send("code", [T.AuthenticationBody.params(otp="482913"), T.CopyCodeOTPButton.params(otp="482913")])
        await send("shelf", [T.CatalogButton.params(index=0)])
        # The Marketing Messages API knows a template ten minutes after its last change.
        self.sim.call("POST", "clock", {"advance_s": 601})
        self.sim.call("PATCH", f"wabas/{self.account['waba_id']}", {"marketing_onboarding": "ONBOARDED"})
        await send("picture", [T.HeaderImage(PNG).params(image="https://files.example/h.png"), T.BodyText("{{1}}", "a").params("Ben"),
                               T.CopyCodeButton.params(coupon_code="SAVE10", index=1)], use_mm_lite_api=True)
        await self.step("delete one language", lambda: wa.delete_template(f"named_{self.flavour}", template_id=self.made["named"].id))
        await self.step("delete a name", lambda: wa.delete_template(f"place_{self.flavour}"))

    async def business(self):
        wa = self.wa
        await self.step("change profile", lambda: wa.update_business_profile(
            about="Open", address="1 High St", description="A shop", email="a@b.example", websites=["https://b.example"],
            industry=types.Industry.RETAIL, profile_picture=PNG))
        await self.step("profile", lambda: wa.get_business_profile(), lambda r: r.about == "Open" and r.profile_picture_url)
        await self.step("change commerce", lambda: wa.update_commerce_settings(is_catalog_visible=True, is_cart_enabled=False))
        await self.step("commerce", lambda: wa.get_commerce_settings(), lambda r: r.is_catalog_visible and not r.is_cart_enabled)
        code = await self.step("make a QR code", lambda: wa.create_qr_code("Hello shop", image_type="PNG"), lambda r: r.code and r.qr_image_url)
        await self.step("change a QR code", lambda: wa.update_qr_code(code.code, "Hello again"), lambda r: r.prefilled_message == "Hello again")
        await self.step("a QR code", lambda: wa.get_qr_code(code.code, image_type="SVG"), lambda r: r.prefilled_message == "Hello again" and r.qr_image_url)
        await self.step("QR codes", lambda: wa.get_qr_codes(image_type="PNG"), lambda r: len(list(r)) == 1)
        await self.step("delete a QR code", lambda: wa.delete_qr_code(code.code))
        await self.step("ice breakers and commands", lambda: wa.update_conversational_automation(
            ice_breakers=["What is new?"], commands=[types.Command(name="order", description="Order something")]))
        await self.step("account", lambda: wa.get_business_account(), lambda r: r.id == self.account["waba_id"])
        await self.step("account settings", lambda: wa.update_business_account_settings(disable_marketing_messages_on_cloud_api=False), lambda r: r is None)
        self.sim.call("POST", "portfolios", {"id": "770000000000909", "name": "Acme"})
        for waba in (self.account, self.other):
            self.sim.call("PATCH", f"wabas/{waba['waba_id']}", {"portfolio_id": "770000000000909"})
        await self.step("owned accounts", lambda: wa.get_owned_business_accounts(business_portfolio_id="770000000000909"), lambda r: len(list(r)) >= 2)
        await self.step("accounts of customers", lambda: wa.get_shared_business_accounts(business_portfolio_id="770000000000909"), lambda r: len(list(r)) == 0)
        await self.step("username", lambda: wa.set_username(f"acme.{self.flavour}"))
        await self.step("current username", lambda: wa.get_current_username(), lambda r: r.username == f"acme.{self.flavour}")
        await self.step("reserved usernames", lambda: wa.get_reserved_usernames(), lambda r: r is not None)
        await self.step("delete username", lambda: wa.delete_username())

    async def people(self):
        wa = self.wa
        await self.step("block", lambda: wa.block_users([self.ana]), lambda r: len(r.added_users) == 1)
        await self.step("blocked", lambda: wa.get_blocked_users(), lambda r: len(list(r)) == 1)
        await self.step("unblock", lambda: wa.unblock_users([self.ana]), lambda r: len(r.removed_users) == 1)

    async def numbers(self):
        wa = self.wa
        await self.step("number", lambda: wa.get_business_phone_number(), lambda r: r.id == self.account["phone_number_id"] and r.conversational_automation.ice_breakers)
        await self.step("numbers", lambda: wa.get_business_phone_numbers(), lambda r: len(list(r)) == 1)
        await self.step("change settings", lambda: wa.update_business_phone_number_settings(
            user_identity_change=types.UserIdentityChangeSettings(enable_identity_key_check=False)))
        await self.step("settings", lambda: wa.get_business_phone_number_settings(), lambda r: r.user_identity_change is not None)
        await self.step("another name", lambda: wa.update_display_name("Acme Shop"))
        await self.step("key for Flows", lambda: wa.set_business_public_key("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"))
        added = await self.step("add a number", lambda: wa.create_phone_number(
            country_calling_code="44", phone_number=f"77009008{'11' if self.flavour == 'sync' else '12'}", verified_name="Acme"), has_id)
        new = added.id
        await self.step("ask for a code", lambda: wa.request_verification_code(code_method="SMS", language_code="en_US", phone_id=new))
        sent = self.sim.call("GET", f"phones/{new}")["code"]
        await self.step("verify", lambda: wa.verify_phone_number(sent, phone_id=new))
        await self.step("register", lambda: wa.register_phone_number(pin="123456", phone_id=new))
        await self.step("deregister", lambda: wa.deregister_phone_number(phone_id=new))

    async def flows(self):
        wa = self.wa
        screen = {"id": "DONE", "title": "Done", "terminal": True, "layout": {"type": "SingleColumnLayout", "children": [
            {"type": "Footer", "label": "End", "on-click-action": {"name": "complete", "payload": {}}}]}}
        source = {"version": "7.0", "screens": [screen]}
        flow = await self.step("create a flow", lambda: wa.create_flow(f"flow {self.flavour}", categories=["OTHER"], flow_json=source), has_id)
        await self.step("rename a flow", lambda: wa.update_flow_metadata(flow.id, name=f"flow two {self.flavour}"))
        await self.step("change a flow", lambda: wa.update_flow_json(flow.id, source), lambda r: r.success)
        await self.step("a flow", lambda: wa.get_flow(flow.id), lambda r: r.name == f"flow two {self.flavour}" and r.status == "DRAFT" and r.preview)
        await self.step("flows", lambda: wa.get_flows(), lambda r: len(list(r)) == 1)
        await self.step("assets of a flow", lambda: wa.get_flow_assets(flow.id), lambda r: len(list(r)) == 1)
        await self.step("publish a flow", lambda: wa.publish_flow(flow.id))
        button = types.FlowButton("Book", flow_id=flow.id, flow_token="t", flow_action_type=types.FlowActionType.NAVIGATE, flow_action_screen="DONE")
        await self.step("send a flow", lambda: wa.send_message(self.ben, "Book", buttons=button), has_id)
        await self.step("deprecate a flow", lambda: wa.deprecate_flow(flow.id))
        draft = await self.step("draft", lambda: wa.create_flow(f"draft {self.flavour}", categories=["OTHER"]), has_id)
        await self.step("delete a draft", lambda: wa.delete_flow(draft.id))

    async def received(self):
        """What people write and what becomes of messages, as the library understands it."""
        phone = self.account["phone_number_id"]
        seen = lambda kind, fits: lambda: until(lambda: [u for u in self.updates if isinstance(u, kind) and fits(u)])
        await self.step("receives a text", seen(types.Message, lambda m: m.text == "Hello"))
        await self.step("receives statuses with callback data", seen(types.MessageStatus, lambda s: s.tracker == "m-1" and s.status == "delivered"))
        await self.step("receives read", seen(types.MessageStatus, lambda s: s.tracker == "m-1" and s.status == "read"))
        person = {"phone_id": phone, "from": self.ana}
        self.sim.inbound(**person, type="text", text={"body": "caf\u00e9 \U0001f44b / ok"})
        self.sim.inbound(**person, type="image")
        self.sim.inbound(**person, type="location", location={"latitude": 51.5, "longitude": -0.12})
        self.sim.inbound(**person, type="reaction", reaction={"message_id": self.hello, "emoji": "\U0001f44d"})
        pressed = {**person, "type": "interactive", "context": {"message_id": self.list.id}}
        self.sim.inbound(**pressed, interactive={"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}})
        self.sim.inbound(**pressed, interactive={"type": "list_reply", "list_reply": {"id": "r1", "title": "Row 1", "description": "d"}})
        self.sim.inbound(**person, type="unsupported")
        await self.step("receives letters of all kinds", seen(types.Message, lambda m: m.text == "caf\u00e9 \U0001f44b / ok"))
        image = await self.step("receives an image", seen(types.Message, lambda m: m.image is not None))
        if image:
            await self.step("fetches the image", lambda: image[0].image.get_bytes(), bool)
        await self.step("receives a location", seen(types.Message, lambda m: m.location is not None))
        await self.step("receives a reaction", seen(types.Message, lambda m: m.reaction is not None))
        await self.step("receives a button", seen(types.CallbackButton, lambda b: b.data == "yes"))
        await self.step("receives a row", seen(types.CallbackSelection, lambda b: b.data == "r1"))
        await self.step("receives the unsupported", seen(types.Message, lambda m: m.type == types.MessageType.UNSUPPORTED))
        await self.step("every signature was right", lambda: self.receiver.answers, lambda r: set(r) == {200})

    async def callbacks(self):
        wa = self.wa
        await self.step("callback of the account", lambda: wa.override_waba_callback_url(self.receiver.url, "tell-me"))
        await self.step("no callback of the account", lambda: wa.delete_waba_callback_url())
        await self.step("callback of the number", lambda: wa.override_phone_callback_url(self.receiver.url, "tell-me"))
        await self.step("no callback of the number", lambda: wa.delete_phone_callback_url())
        await self.step("a wrong token is refused", lambda: self.refused(), lambda r: r == 190)
        self.wa.remove_handlers(silent=True)

    async def refused(self):
        self.client.token = "nonsense"
        try:
            result = self.client.get_business_profile()
            if asyncio.iscoroutine(result):
                await result
        except pywa.errors.WhatsAppError as error:
            return error.code
        finally:
            self.client.token = self.account["access_token"]


async def main():
    warnings.simplefilter("ignore")
    done = [await Tour(sys.argv[1], flavour).run() for flavour in ("sync", "async")]
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
