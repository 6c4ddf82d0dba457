//! A browser of somebody, over plain HTTP.

use deskhook_portal::{Role, set_up};
use reqwest::{Response, StatusCode};

use crate::house::House;

/// What everybody here signs in with.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A browser: keeps its cookie, sends its origin, knows the form token of the last page.
pub(crate) struct Browser<'h> {
    pub(crate) house: &'h House,
    pub(crate) cookie: String,
    token: String,
    /// The page that was looked at last.
    page: String,
}

impl<'h> Browser<'h> {
    pub(crate) fn new(house: &'h House) -> Self {
        Self {
            house,
            cookie: String::new(),
            token: String::new(),
            page: String::new(),
        }
    }

    /// Signed in by a one-time link.
    pub(crate) async fn invited(house: &'h House, name: &str, role: Role) -> Self {
        let link = set_up::add_user(&house.folder, name, role).expect("an account");
        let mut browser = Self::new(house);
        let answer = browser
            .post(&link, &[("password", PASSWORD), ("again", PASSWORD)])
            .await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        browser
    }

    pub(crate) async fn get(&mut self, path: &str) -> (StatusCode, String) {
        let request = self.house.http.get(format!("{}{path}", self.house.base));
        let answer = request
            .header("cookie", &self.cookie)
            .send()
            .await
            .expect("an answer");
        let status = answer.status();
        path.clone_into(&mut self.page);
        let text = answer.text().await.expect("text");
        if let Some((_, rest)) = text.split_once("name=\"form_token\" value=\"") {
            self.token = rest.split('"').next().expect("a part").to_owned();
        }
        (status, text)
    }

    /// The stream that a page holds open.
    pub(crate) async fn live(&self, shown: &str) -> Response {
        let request = self
            .house
            .http
            .get(format!("{}/live?{shown}", self.house.base));
        let request = request
            .header("cookie", &self.cookie)
            .header("accept", "text/event-stream");
        request.send().await.expect("an answer")
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields)
            .append_pair("form_token", &self.token);
        let request = self.house.http.post(format!("{}{path}", self.house.base));
        let answer = request
            .header("cookie", &self.cookie)
            .header("origin", &self.house.base)
            .header("referer", format!("{}{}", self.house.base, self.page))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.finish())
            .send()
            .await
            .expect("an answer");
        if let Some(cookie) = answer.headers().get("set-cookie") {
            let text = cookie.to_str().expect("a cookie");
            self.cookie = text.split(';').next().expect("a part").to_owned();
        }
        answer
    }
}

/// What a stream tells until `wanted` is in it.
pub(crate) async fn told_until(live: &mut Response, wanted: &str) -> String {
    let mut told = String::new();
    while !told.contains(wanted) {
        let chunk = live
            .chunk()
            .await
            .expect("a chunk")
            .expect("the stream goes on");
        told.push_str(std::str::from_utf8(&chunk).expect("text"));
    }
    told
}
