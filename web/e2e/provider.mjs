// Accounts that come from another place: a certified OpenID provider, its own pages, and the way back.
import Provider from "oidc-provider";
import { check, contextOf, inspect, output, settled, watch } from "./browser.mjs";
import { button } from "./play.mjs";
import { freePort, startEmpty } from "./server.mjs";

const client = { id: "hitori", secret: "a secret that only the two know" };

/** Runs a provider for one client. Whoever signs in there is whom the login names. */
async function startProvider(site) {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const claims = (login) => ({ sub: login, email: `${login}@example.jp`, email_verified: login !== "unconfirmed", name: `外部 ${login}` });
  const provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [`${site}/auth/oidc/callback`] }],
    claims: { email: ["email", "email_verified"], profile: ["name", "locale"] },
    findAccount: (_, login) => ({ accountId: login, claims: () => claims(login) }),
    cookies: { keys: ["only for tests"] },
  });
  const server = await new Promise((resolve) => {
    const listening = provider.listen(port, "127.0.0.1", () => resolve(listening));
  });
  return { issuer, stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}

/** From the button to the provider's pages and back, as one who is let in and as those who are not. */
export async function provider({ browser }) {
  const port = await freePort();
  const site = `http://127.0.0.1:${port}`;
  const provider = await startProvider(site);
  const server = await startEmpty({
    port,
    env: { HITORI_PUBLIC_URL: site, HITORI_OIDC_ISSUER: provider.issuer, HITORI_OIDC_CLIENT_ID: client.id, HITORI_OIDC_CLIENT_SECRET: client.secret, HITORI_OIDC_NAME: "社内アカウント", HITORI_OIDC_ROLE: "analyst" },
  });
  const contexts = [];
  const open = async () => {
    const context = await contextOf(browser);
    contexts.push(context);
    const page = await context.newPage();
    const watcher = watch(page, () => "provider");
    for (const expected of ["401", "fonts.googleapis.com", provider.issuer]) watcher.expect(expected); // the provider's own pages are not ours
    return page;
  };
  const signIn = async (page, login) => {
    await page.getByPlaceholder("Enter any login").fill(login);
    await page.getByPlaceholder("and password").fill("any");
    await page.getByRole("button", { name: "Sign-in" }).click();
  };
  try {
    const first = await open();
    await first.request.post(`${site}/api/v1/setup`, { data: { name: "管理 花子", email: "admin@example.jp", password: "correct horse battery", language: "ja" }, headers: { Origin: site } });
    await first.context().clearCookies();

    const page = await open();
    await page.goto(`${site}/customers?q=x`);
    const link = page.getByRole("link", { name: "社内アカウントでログイン" });
    await link.waitFor();
    await settled(page);
    await inspect(page, "provider");
    await page.screenshot({ path: `${output}story-provider.png` });
    await link.click();
    await page.waitForURL(`${provider.issuer}/interaction/**`);
    await signIn(page, "taro");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.waitForURL(`${site}/customers?q=x`);
    await settled(page);
    check("provider", await page.getByRole("button", { name: /外部 taro/ }).isVisible(), "the name of the provider is not shown");
    check("provider", await page.getByText("アナリスト").isVisible(), "the role is another");
    await page.getByRole("button", { name: /外部 taro/ }).click();
    await page.getByRole("menuitem", { name: "ログアウト" }).click();
    await page.waitForURL(/sign-in/);
    await link.click(); // the provider still knows who this is, and asks nothing
    await page.getByRole("heading", { level: 1, name: /こんにちは/ }).waitFor();

    const unconfirmed = await open();
    await unconfirmed.goto(`${site}/sign-in?to=${encodeURIComponent("https://evil.example/")}`);
    const way = unconfirmed.getByRole("link", { name: "社内アカウントでログイン" });
    check("provider", (await way.getAttribute("href")) === "/auth/oidc/start?return=%2F", "a foreign address is passed on");
    await way.click();
    await signIn(unconfirmed, "unconfirmed");
    await unconfirmed.getByRole("button", { name: "Continue" }).click();
    await unconfirmed.getByRole("alert").filter({ hasText: "メールアドレスが確認されていない" }).waitFor();
    await settled(unconfirmed);
    await inspect(unconfirmed, "provider unconfirmed");
    await unconfirmed.screenshot({ path: `${output}story-provider-unconfirmed.png` });

    const unwilling = await open();
    await unwilling.goto(`${site}/sign-in`);
    await unwilling.getByRole("link", { name: "社内アカウントでログイン" }).click();
    await unwilling.getByRole("link", { name: "[ Cancel ]" }).click();
    await unwilling.getByRole("alert").filter({ hasText: "ログインできませんでした" }).waitFor();

    await provider.stop();
    const late = await open();
    await late.goto(`${site}/customers`);
    await late.getByLabel("メールアドレス").fill("admin@example.jp");
    await late.getByLabel("パスワード", { exact: true }).fill("correct horse battery");
    await button(late, "ログイン").click(); // who has a password needs no provider
    await late.waitForURL(`${site}/customers`);
    await settled(late);
    check("provider", (await late.getByRole("dialog").count()) === 0, "somebody who has just come is asked to sign in again");
  } catch (error) {
    await contexts.at(-1)?.pages()[0]?.screenshot({ path: `${output}story-provider-failed.png` });
    throw error;
  } finally {
    await Promise.all(contexts.map((context) => context.close()));
    await server.stop();
    await provider.stop();
  }
}
