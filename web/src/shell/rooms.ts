import { IconBulb, IconDatabase, IconHome2, IconSettings2, IconUsers, type Icon } from "@tabler/icons-react";
import { may, type Right, type Session } from "@/api/session";

export interface Place {
  to: string;
  /** Key of its name. */
  name: string;
  /** Who may see it; everybody when not given. */
  right?: Right;
}

export interface Room extends Place {
  icon: Icon;
  places?: Place[];
}

/** The rooms that are built, in the order of the loop: 声, 施策, 効果 and 営業 stand between 理解 and データ. */
const rooms: Room[] = [
  { to: "/", name: "room.home", icon: IconHome2 },
  { to: "/customers", name: "room.customers", icon: IconUsers, right: "customers:read" },
  {
    to: "/understand",
    name: "room.understand",
    icon: IconBulb,
    right: "customers:read",
    places: [
      { to: "/understand/analyses", name: "place.analyses" },
      { to: "/understand/segments", name: "place.segments" },
      { to: "/understand/features", name: "place.features" },
    ],
  },
  {
    to: "/data",
    name: "room.data",
    icon: IconDatabase,
    right: "data:read",
    places: [
      { to: "/data/sources", name: "place.sources" },
      { to: "/data/live", name: "place.live" },
      { to: "/data/import", name: "place.import", right: "data:write" },
      { to: "/data/events", name: "place.events" },
      { to: "/data/quarantine", name: "place.quarantine" },
      { to: "/data/identity", name: "place.identity" },
      { to: "/data/jobs", name: "place.jobs" },
      { to: "/data/health", name: "place.health" },
    ],
  },
  {
    to: "/settings",
    name: "room.settings",
    icon: IconSettings2,
    places: [
      { to: "/settings/profile", name: "place.profile" },
      { to: "/settings/users", name: "place.users", right: "admin" },
      { to: "/settings/keys", name: "place.keys", right: "admin" },
      { to: "/settings/privacy", name: "place.privacy", right: "data:read" },
      { to: "/settings/audit", name: "place.audit", right: "admin" },
      { to: "/settings/backup", name: "place.backup", right: "admin" },
    ],
  },
];

/** The rooms and places that this user may see. */
export function roomsOf(session: Session): Room[] {
  const open = (place: Place) => !place.right || may(session, place.right);
  return rooms.filter(open).map((room) => (room.places ? { ...room, places: room.places.filter(open) } : room));
}

/** The right that this user lacks for the page at a path, if there is one. */
export function lacking(session: Session, path: string): Right | undefined {
  const holds = (place: Place) => path === place.to || (place.to !== "/" && path.startsWith(`${place.to}/`));
  const room = rooms.find(holds);
  const place = room?.places?.find(holds);
  return [room?.right, place?.right].find((right) => right && !may(session, right));
}
