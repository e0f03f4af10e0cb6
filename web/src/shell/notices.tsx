import { ActionIcon, Button, Drawer, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { IconAlertOctagon, IconAlertTriangle, IconBell, IconInfoCircle, type Icon } from "@tabler/icons-react";
import { api } from "@/api/client";
import { notificationsQuery } from "@/api/queries";
import type { Notification } from "@/api/types";
import { useText } from "@/locale";
import { useAct } from "@/ui/act";
import { useFormat } from "@/ui/format";
import { Row, Tag, Text, type Tone } from "@/ui/page";
import { Empty, Loaded, Notice } from "@/ui/states";
import css from "./shell.module.css";

/** The bell, with how many notifications have not been read. */
export function NoticesButton({ onOpen }: { onOpen: () => void }) {
  const { t } = useText();
  const { data } = useQuery(notificationsQuery);
  const unread = data?.unread ?? 0;
  const label = unread > 0 ? t("notice.unread", { count: unread }) : t("notice.title");
  return (
    <Tooltip label={label}>
      <ActionIcon size="lg" className={css.bell ?? ""} onClick={onOpen} aria-label={label} data-unread={unread > 99 ? "99+" : unread || undefined}>
        <IconBell size={18} stroke={1.6} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}

/** What needs somebody, latest first. */
export function NoticesDrawer({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useText();
  const told = useQuery(notificationsQuery);
  const read = useAct({
    // With the time that was shown: what got worse meanwhile stays unread.
    run: (shown: Notification[]) => api.POST("/api/v1/notifications/read", { body: { notifications: shown.map(({ id, time }) => ({ id, time })) } }),
    stale: [notificationsQuery.queryKey],
  });
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size="md" title={<strong>{t("notice.title")}</strong>} closeButtonProps={{ "aria-label": t("action.close") }}>
      <Loaded query={told}>
        {({ notifications, unread, complete }) => (
          <>
            {complete ? null : <Notice tone="warn">{t("notice.incomplete")}</Notice>}
            {notifications.length === 0 && complete ? <Empty title={t("notice.none")}>{t("notice.none_text")}</Empty> : null}
            {unread > 0 ? (
              <Button size="compact-sm" variant="default" loading={read.isPending} onClick={() => read.mutate(notifications.filter((n) => !n.read))}>
                {t("notice.read_all")}
              </Button>
            ) : null}
            <ul className={css.notices}>
              {notifications.map((notification) => (
                <Item
                  key={notification.id}
                  notification={notification}
                  onRead={() => read.mutate([notification])}
                  onFollow={() => {
                    if (!notification.read) read.mutate([notification]);
                    onClose();
                  }}
                />
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </Drawer>
  );
}

const looks: Record<Notification["severity"], { Icon: Icon; tone: Tone }> = {
  info: { Icon: IconInfoCircle, tone: "accent" },
  warning: { Icon: IconAlertTriangle, tone: "warn" },
  error: { Icon: IconAlertOctagon, tone: "bad" },
};

function Item({ notification, onRead, onFollow }: { notification: Notification; onRead: () => void; onFollow: () => void }) {
  const { t } = useText();
  const format = useFormat();
  const { severity, text, time, link, read } = notification;
  const { Icon, tone } = looks[severity];
  return (
    <li data-read={read || undefined}>
      <Icon size={18} stroke={1.7} aria-hidden style={{ color: `var(--${tone})`, flex: "none", marginTop: 2 }} />
      <div>
        <Link to={link} onClick={onFollow}>
          <Text>{text}</Text>
        </Link>
        <Row>
          <Tag tone={tone}>{t(`notice.severity_${severity}`)}</Tag>
          <time className="soft num" dateTime={time} style={{ fontSize: "0.75rem" }}>
            {format.short(time)}
          </time>
          {read ? (
            <span className="soft" style={{ fontSize: "0.75rem" }}>
              {t("notice.is_read")}
            </span>
          ) : (
            <Button size="compact-xs" variant="subtle" onClick={onRead} aria-label={t("notice.read_one", { text })}>
              {t("notice.read")}
            </Button>
          )}
        </Row>
      </div>
    </li>
  );
}
